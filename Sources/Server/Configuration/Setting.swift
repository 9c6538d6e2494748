/// Everything that an operator can set. One name in four spellings: `public_url` in the file, `SOUK_PUBLIC_URL` in the
/// environment, `--public-url` as a flag.
package enum Setting: String, CaseIterable, Sendable {
    case host
    case port
    case dataDir = "data_dir"
    case database
    case secretKey = "secret_key"
    case previousSecretKeys = "previous_secret_keys"
    case publicURL = "public_url"
    case outboundAllow = "outbound_allow"
    case limitsAddressPerMinute = "limits_address_per_minute"
    case limitsConnectionsPerAddress = "limits_connections_per_address"
    case limitsBodyBytes = "limits_body_bytes"
    case trustedProxies = "trusted_proxies"
    case corsOrigins = "cors_origins"
    case logLevel = "log_level"
    case assetsDir = "assets_dir"
    case marketListen = "market_listen"
    case affiliateListen = "affiliate_listen"
    case countryHeader = "country_header"
    case x402Facilitator = "x402_facilitator"
    case x402Network = "x402_network"
    case x402Asset = "x402_asset"
    case x402AssetName = "x402_asset_name"
    case x402AssetVersion = "x402_asset_version"
    case x402PayTo = "x402_pay_to"
    case payPalAPI = "paypal_api"
    case payPalClientID = "paypal_client_id"
    case payPalClientSecret = "paypal_client_secret"
    case payPalWebhookID = "paypal_webhook_id"
    case nowPaymentsAPI = "nowpayments_api"
    case nowPaymentsAPIKey = "nowpayments_api_key"
    case nowPaymentsIPNSecret = "nowpayments_ipn_secret"
    case railTimeoutSeconds = "rail_timeout_seconds"

    package var environmentName: String { "SOUK_\(self.rawValue.uppercased())" }

    /// One line for the operator.
    package var help: String {
        switch self {
        case .host: "the address to listen on (127.0.0.1)"
        case .port: "the port to listen on; 0 takes a free one (8080)"
        case .dataDir: "where the database, the key and downloaded assets are (data)"
        case .database: "a SQLite file or a postgres:// URL (souk.sqlite in the data directory)"
        case .secretKey: "the operator's key, 32 bytes in base64 (made once in the data directory)"
        case .previousSecretKeys: "earlier keys that still open what they sealed (comma separated)"
        case .publicURL: "what links are built from (the listener's address)"
        case .outboundAllow: "hosts, as written in URLs, that may be private addresses (comma separated)"
        case .limitsAddressPerMinute: "requests a minute from one address; 0 turns the limit off (60)"
        case .limitsConnectionsPerAddress: "connections from one address at a time; 0 for any number (512)"
        case .limitsBodyBytes: "memory for the request bodies that are held at once, in bytes (268435456)"
        case .trustedProxies: "networks whose forwarding headers are believed (comma separated)"
        case .corsOrigins: "origins that browsers may call from, or * (comma separated)"
        case .logLevel: "trace, debug, info, notice, warning, error or critical (info)"
        case .assetsDir: "where the set-up has put Swagger UI (assets in the data directory)"
        case .marketListen: "an own listener for the market, host:port"
        case .affiliateListen: "an own listener for the affiliate network, host:port"
        case .countryHeader: "the header in which a trusted proxy names a visitor's country, such as CF-IPCountry"
        case .x402Facilitator: "the URL of the x402 facilitator; without it the rail is not offered"
        case .x402Network: "the network, such as eip155:84532"
        case .x402Asset: "the token's contract"
        case .x402AssetName: "the token's EIP-712 name (USDC)"
        case .x402AssetVersion: "the token's EIP-712 version (2)"
        case .x402PayTo: "the address that is paid"
        case .payPalAPI: "live, sandbox, or the URL of PayPal's API (live)"
        case .payPalClientID: "the PayPal app's client id; without it the rail is not offered"
        case .payPalClientSecret: "the PayPal app's secret"
        case .payPalWebhookID: "the PayPal webhook's id, which its signatures cover"
        case .nowPaymentsAPI: "live, sandbox, or the URL of NOWPayments' API (live)"
        case .nowPaymentsAPIKey: "the NOWPayments API key; without it the rail is not offered"
        case .nowPaymentsIPNSecret: "the NOWPayments IPN secret, which signs callbacks"
        case .railTimeoutSeconds: "how long PayPal and NOWPayments are waited for (30)"
        }
    }
}

/// Why the server refuses to start, in words for the operator.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
