import Foundation
import Kernel
import Platform

extension RailConfigurations {
    /// Throws `ConfigurationError` for a rail that is half configured.
    init(_ values: SettingValues) throws {
        self.init(
            x402: try Self.x402(values),
            payPal: try Self.payPal(values),
            nowPayments: try Self.nowPayments(values),
            timeoutSeconds: Int64(try values.integer(.railTimeoutSeconds, 1...120, default: 30))
        )
    }

    /// The hosts that the operator has named.
    var hosts: [String] {
        [self.x402?.facilitator, self.payPal?.api, self.nowPayments?.api].compactMap { url in
            url.flatMap { URL(string: $0)?.host }
        }
    }

    private static func x402(_ values: SettingValues) throws -> X402Configuration? {
        guard let facilitator = values[.x402Facilitator] else { return nil }
        guard let network = values[.x402Network], let asset = values[.x402Asset], let payTo = values[.x402PayTo] else {
            throw ConfigurationError("x402_facilitator needs x402_network, x402_asset and x402_pay_to beside it")
        }
        guard URL(string: facilitator)?.host != nil else {
            throw ConfigurationError("x402_facilitator: '\(facilitator)' is not a URL")
        }
        return X402Configuration(
            facilitator: facilitator,
            network: network,
            asset: asset,
            assetName: values[.x402AssetName] ?? "USDC",
            assetVersion: values[.x402AssetVersion] ?? "2",
            payTo: payTo
        )
    }

    private static func payPal(_ values: SettingValues) throws -> PayPalConfiguration? {
        guard let clientID = values[.payPalClientID] else { return nil }
        guard let secret = values[.payPalClientSecret], let webhookID = values[.payPalWebhookID] else {
            throw ConfigurationError("paypal_client_id needs paypal_client_secret and paypal_webhook_id beside it")
        }
        return PayPalConfiguration(
            api: try Self.api(values, .payPalAPI, PayPalConfiguration.live, PayPalConfiguration.sandbox),
            clientID: clientID,
            clientSecret: secret,
            webhookID: webhookID
        )
    }

    private static func nowPayments(_ values: SettingValues) throws -> NOWPaymentsConfiguration? {
        guard let apiKey = values[.nowPaymentsAPIKey] else { return nil }
        guard let secret = values[.nowPaymentsIPNSecret] else {
            throw ConfigurationError("nowpayments_api_key needs nowpayments_ipn_secret beside it")
        }
        return NOWPaymentsConfiguration(
            api: try Self.api(values, .nowPaymentsAPI, NOWPaymentsConfiguration.live, NOWPaymentsConfiguration.sandbox),
            apiKey: apiKey,
            ipnSecret: secret
        )
    }

    private static func api(_ values: SettingValues, _ setting: Setting, _ live: String, _ sandbox: String)
        throws -> String
    {
        switch values[setting] ?? "live" {
        case "live": return live
        case "sandbox": return sandbox
        case let url:
            guard URL(string: url)?.host != nil else {
                throw ConfigurationError("\(setting.name): '\(url)' is neither live, sandbox nor a URL")
            }
            return url.bytewise.dropping(suffix: "/").map(String.init) ?? url
        }
    }
}
