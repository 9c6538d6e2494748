package import Platform

/// What an operator can set of the rails.
extension Setting {
    package static let x402Facilitator = Setting(
        "x402_facilitator",
        "the URL of the x402 facilitator; without it the rail is not offered"
    )
    package static let x402Network = Setting("x402_network", "the network, such as eip155:84532")
    package static let x402Asset = Setting("x402_asset", "the token's contract")
    package static let x402AssetName = Setting("x402_asset_name", "the token's EIP-712 name (USDC)")
    package static let x402AssetVersion = Setting("x402_asset_version", "the token's EIP-712 version (2)")
    package static let x402PayTo = Setting("x402_pay_to", "the address that is paid")
    package static let payPalAPI = Setting("paypal_api", "live, sandbox, or the URL of PayPal's API (live)")
    package static let payPalClientID = Setting(
        "paypal_client_id",
        "the PayPal app's client id; without it the rail is not offered"
    )
    package static let payPalClientSecret = Setting("paypal_client_secret", "the PayPal app's secret", isSecret: true)
    package static let payPalWebhookID = Setting(
        "paypal_webhook_id",
        "the PayPal webhook's id, which its signatures cover"
    )
    package static let nowPaymentsAPI = Setting(
        "nowpayments_api",
        "live, sandbox, or the URL of NOWPayments' API (live)"
    )
    package static let nowPaymentsAPIKey = Setting(
        "nowpayments_api_key",
        "the NOWPayments API key; without it the rail is not offered",
        isSecret: true
    )
    package static let nowPaymentsIPNSecret = Setting(
        "nowpayments_ipn_secret",
        "the NOWPayments IPN secret, which signs callbacks",
        isSecret: true
    )
    package static let railTimeoutSeconds = Setting(
        "rail_timeout_seconds",
        "how long PayPal and NOWPayments are waited for (30)"
    )

    static let ofRails: [Setting] = [
        .x402Facilitator, .x402Network, .x402Asset, .x402AssetName, .x402AssetVersion, .x402PayTo, .payPalAPI,
        .payPalClientID, .payPalClientSecret, .payPalWebhookID, .nowPaymentsAPI, .nowPaymentsAPIKey,
        .nowPaymentsIPNSecret, .railTimeoutSeconds,
    ]
}
