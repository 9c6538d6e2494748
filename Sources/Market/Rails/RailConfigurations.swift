import Platform

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

extension Market.Dependencies {
    func makeRails() -> Rails {
        Rails(
            x402: self.rails.x402.map { configuration in
                X402Rail(
                    configuration: configuration,
                    facilitator: X402Facilitator(configuration: configuration, outbound: self.outbound),
                    database: self.database,
                    accounts: self.accounts,
                    ids: self.ids,
                    publicURL: self.publicURL
                )
            },
            payPal: self.rails.payPal.map { configuration in
                let client = PayPalClient(
                    configuration: configuration,
                    timeoutSeconds: self.rails.timeoutSeconds,
                    outbound: self.outbound,
                    clock: self.clock,
                    logger: self.logger
                )
                return PayPalRail(
                    client: client,
                    webhooks: PayPalWebhooks(client: client, clock: self.clock),
                    publicURL: self.publicURL
                )
            },
            nowPayments: self.rails.nowPayments.map { configuration in
                NOWPaymentsRail(
                    configuration: configuration,
                    timeoutSeconds: self.rails.timeoutSeconds,
                    outbound: self.outbound,
                    logger: self.logger,
                    publicURL: self.publicURL
                )
            },
            publicURL: self.publicURL
        )
    }
}
