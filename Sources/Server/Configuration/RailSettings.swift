import Foundation
import Kernel
import Market

extension RailConfigurations {
    /// Throws `ConfigurationError` for a rail that is half configured.
    init(_ value: (Setting) -> String?) throws {
        self.init(
            x402: try Self.x402(value),
            payPal: try Self.payPal(value),
            nowPayments: try Self.nowPayments(value),
            timeoutSeconds: Int64(
                try Configuration.integer(value(.railTimeoutSeconds), .railTimeoutSeconds, 1...120, 30)
            )
        )
    }

    /// The hosts that the operator has named.
    var hosts: [String] {
        [self.x402?.facilitator, self.payPal?.api, self.nowPayments?.api].compactMap { url in
            url.flatMap { URL(string: $0)?.host }
        }
    }

    private static func x402(_ value: (Setting) -> String?) throws -> X402Configuration? {
        guard let facilitator = value(.x402Facilitator) else { return nil }
        guard let network = value(.x402Network), let asset = value(.x402Asset), let payTo = value(.x402PayTo) else {
            throw ConfigurationError("x402_facilitator needs x402_network, x402_asset and x402_pay_to beside it")
        }
        guard URL(string: facilitator)?.host != nil else {
            throw ConfigurationError("x402_facilitator: '\(facilitator)' is not a URL")
        }
        return X402Configuration(
            facilitator: facilitator,
            network: network,
            asset: asset,
            assetName: value(.x402AssetName) ?? "USDC",
            assetVersion: value(.x402AssetVersion) ?? "2",
            payTo: payTo
        )
    }

    private static func payPal(_ value: (Setting) -> String?) throws -> PayPalConfiguration? {
        guard let clientID = value(.payPalClientID) else { return nil }
        guard let secret = value(.payPalClientSecret), let webhookID = value(.payPalWebhookID) else {
            throw ConfigurationError("paypal_client_id needs paypal_client_secret and paypal_webhook_id beside it")
        }
        return PayPalConfiguration(
            api: try Self.api(value, .payPalAPI, PayPalConfiguration.live, PayPalConfiguration.sandbox),
            clientID: clientID,
            clientSecret: secret,
            webhookID: webhookID
        )
    }

    private static func nowPayments(_ value: (Setting) -> String?) throws -> NOWPaymentsConfiguration? {
        guard let apiKey = value(.nowPaymentsAPIKey) else { return nil }
        guard let secret = value(.nowPaymentsIPNSecret) else {
            throw ConfigurationError("nowpayments_api_key needs nowpayments_ipn_secret beside it")
        }
        return NOWPaymentsConfiguration(
            api: try Self.api(value, .nowPaymentsAPI, NOWPaymentsConfiguration.live, NOWPaymentsConfiguration.sandbox),
            apiKey: apiKey,
            ipnSecret: secret
        )
    }

    private static func api(_ value: (Setting) -> String?, _ setting: Setting, _ live: String, _ sandbox: String)
        throws -> String
    {
        switch value(setting) ?? "live" {
        case "live": return live
        case "sandbox": return sandbox
        case let url:
            guard URL(string: url)?.host != nil else {
                throw ConfigurationError("\(setting.rawValue): '\(url)' is neither live, sandbox nor a URL")
            }
            return url.bytewise.dropping(suffix: "/").map(String.init) ?? url
        }
    }
}
