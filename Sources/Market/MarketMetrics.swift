import Kernel
import Platform
import Storage

/// What the market tells of itself beside its requests.
enum MarketMetrics {
    static let all = [calls, circuits, streams, reviews, refunds]

    static let calls = Metric.counter("souk_market_calls_total", "Calls through the market's proxy, by outcome.")
    static let circuits = Metric.gauge(
        "souk_market_open_circuits",
        "Services that this server does not call for now, because they failed five times in a row."
    )
    private static let streams = Metric.gauge("souk_market_open_streams", "Charged answers that are still passed on.")
    private static let reviews = Metric.gauge(
        "souk_market_deposits_in_review",
        "Deposits that were paid otherwise than asked and wait for the operator."
    )
    private static let refunds = Metric.gauge(
        "souk_market_pending_refunds",
        "Refunds that wait for the operator's payment."
    )

    static func samples(in tx: Transaction) throws -> [Sample] {
        [
            Sample(self.streams, try tx.openStreams.count()),
            Sample(self.reviews, try tx.deposits.count(.review)),
            Sample(self.refunds, try tx.refunds.count(.pending)),
        ]
    }
}
