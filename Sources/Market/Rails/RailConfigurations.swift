import Platform
import Web

/// How the operator is paid; a rail that is not configured is not offered.
package struct RailConfigurations: Sendable {
    package let x402: X402Configuration?
    package let payPal: PayPalConfiguration?
    package let nowPayments: NOWPaymentsConfiguration?
    /// How long a payment company's answer is waited for.
    package let timeoutSeconds: Int64

    package init(
        x402: X402Configuration?,
        payPal: PayPalConfiguration?,
        nowPayments: NOWPaymentsConfiguration?,
        timeoutSeconds: Int64
    ) {
        self.x402 = x402
        self.payPal = payPal
        self.nowPayments = nowPayments
        self.timeoutSeconds = timeoutSeconds
    }
}

/// The rails with what is their own, so that their callbacks reach them.
struct ConfiguredRails: Sendable {
    let all: Rails
    let payPal: PayPalRail?
    let nowPayments: NOWPaymentsRail?

    init(_ configurations: RailConfigurations, _ house: SurfaceDependencies) {
        let x402 = configurations.x402.map { configuration in
            X402Rail(
                configuration: configuration,
                facilitator: X402Facilitator(configuration: configuration, outbound: house.outbound),
                database: house.database,
                accounts: house.accounts,
                ids: house.ids,
                publicURL: house.publicURL
            )
        }
        let payPal = configurations.payPal.map { configuration in
            let client = PayPalClient(
                configuration: configuration,
                timeoutSeconds: configurations.timeoutSeconds,
                outbound: house.outbound,
                clock: house.clock,
                logger: house.logger
            )
            return PayPalRail(
                client: client,
                webhooks: PayPalWebhooks(client: client, clock: house.clock),
                publicURL: house.publicURL
            )
        }
        let nowPayments = configurations.nowPayments.map { configuration in
            NOWPaymentsRail(
                configuration: configuration,
                timeoutSeconds: configurations.timeoutSeconds,
                outbound: house.outbound,
                logger: house.logger,
                publicURL: house.publicURL
            )
        }
        let rails: [(any Rail)?] = [x402, payPal, nowPayments]
        self.all = Rails(rails.compactMap { $0 }, x402: x402, publicURL: house.publicURL)
        self.payPal = payPal
        self.nowPayments = nowPayments
    }
}
