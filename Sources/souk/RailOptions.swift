import ArgumentParser
import Server

/// The rails' settings as flags. Their secrets have none, since everybody on a machine can read a command line: they are taken from
/// the environment or the file.
struct RailOptions: ParsableArguments {
    @Option(name: .customLong("x402-facilitator"), help: ArgumentHelp(Setting.x402Facilitator.help))
    var x402Facilitator: String?
    @Option(name: .customLong("x402-network"), help: ArgumentHelp(Setting.x402Network.help)) var x402Network: String?
    @Option(name: .customLong("x402-asset"), help: ArgumentHelp(Setting.x402Asset.help)) var x402Asset: String?
    @Option(name: .customLong("x402-asset-name"), help: ArgumentHelp(Setting.x402AssetName.help)) var x402AssetName:
        String?
    @Option(name: .customLong("x402-asset-version"), help: ArgumentHelp(Setting.x402AssetVersion.help))
    var x402AssetVersion: String?
    @Option(name: .customLong("x402-pay-to"), help: ArgumentHelp(Setting.x402PayTo.help)) var x402PayTo: String?
    @Option(name: .customLong("paypal-api"), help: ArgumentHelp(Setting.payPalAPI.help)) var payPalAPI: String?
    @Option(name: .customLong("paypal-client-id"), help: ArgumentHelp(Setting.payPalClientID.help))
    var payPalClientID: String?
    @Option(name: .customLong("paypal-webhook-id"), help: ArgumentHelp(Setting.payPalWebhookID.help))
    var payPalWebhookID: String?
    @Option(name: .customLong("nowpayments-api"), help: ArgumentHelp(Setting.nowPaymentsAPI.help))
    var nowPaymentsAPI: String?
    @Option(name: .customLong("rail-timeout-seconds"), help: ArgumentHelp(Setting.railTimeoutSeconds.help))
    var railTimeoutSeconds: String?

    var flags: [Setting: String] {
        let given: [Setting: String?] = [
            .x402Facilitator: self.x402Facilitator, .x402Network: self.x402Network, .x402Asset: self.x402Asset,
            .x402AssetName: self.x402AssetName, .x402AssetVersion: self.x402AssetVersion,
            .x402PayTo: self.x402PayTo, .payPalAPI: self.payPalAPI, .payPalClientID: self.payPalClientID,
            .payPalWebhookID: self.payPalWebhookID, .nowPaymentsAPI: self.nowPaymentsAPI,
            .railTimeoutSeconds: self.railTimeoutSeconds,
        ]
        return given.compactMapValues { $0 }
    }
}
