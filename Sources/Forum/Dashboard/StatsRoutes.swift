import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// A partner's figures and payouts, for its programs.
struct StatsRoutes: Sendable {
    static let tag = "Statistics"
    private static let listed = 120

    let cache: FigureCache
    let door: PartnerDoor
    let database: any Database

    var endpoints: [Endpoint] {
        [
            self.door.reading(
                "/api/v1/agents/me/stats",
                "Show your agents' figures of the last 7 days",
                tag: Self.tag,
                of: DataEnvelope<FigureOutput>.self
            ) { visit in
                let (figures, age) = try await self.cache.find(visit.partner)
                let answer = DataEnvelope(data: FigureOutput(figures: figures))
                let body = ByteBuffer(bytes: DataEnvelope<FigureOutput>.shape.bytes(of: answer))
                var response = Response(status: .ok, jsonBytes: body).tagged("stats", body, for: visit.call.request)
                response.headers[.cacheControl] = "private, max-age=\(FigureCache.seconds - age)"
                response.headers[.age] = "\(age)"
                response.headers[.vary] = "Authorization"
                return response
            },
            self.door.reading("/api/v1/payouts", "List your payouts", tag: Self.tag, of: DataEnvelope<PayoutList>.self)
            {
                visit in
                let payouts = try await self.database.read {
                    try $0.forumPayouts.list(of: visit.partner.id, limit: Self.listed)
                }
                return Response(status: .ok, answer: DataEnvelope(data: PayoutList(payouts: payouts)))
            },
        ]
    }
}

struct PayoutList: Answer {
    let payouts: [Payout]
    static let members: [Member<Self>] = [
        Member("payouts", { $0.payouts.map { PayoutOutput(payout: $0) } }, "The newest first")
    ]
}

struct PayoutOutput: Answer {
    let payout: Payout

    static let members: [Member<Self>] = [
        Member("payoutId", \.payout.id, "The payout"),
        Member("period", \.payout.month, "A month of UTC", example: "2026-05"),
        Member("state", \.payout.state.rawValue, "due, settled, or carried over to the next month", example: "settled"),
        Member("orders", \.payout.orders, "Of the month, but for those that were wholly refunded", example: 3),
        Member("grossUsd", { DecimalText($0.payout.grossUSD) }, "Their amount", unit: "USD", example: "1284.500000"),
        Member("partnerShareUsd", { DecimalText($0.payout.shareUSD) }, "The partner's share of it", unit: "USD"),
        Member("clawbackUsd", { DecimalText($0.payout.clawbackUSD) }, "Of refunds of earlier months", unit: "USD"),
        Member("carriedInUsd", { DecimalText($0.payout.carriedInUSD) }, "From the month before", unit: "USD"),
        Member("carriedOutUsd", { DecimalText($0.payout.carriedOutUSD) }, "Into the next month", unit: "USD"),
        Member(
            "usdJpy",
            { ConversionRate(value: $0.payout.rate, source: "", asOf: "").text },
            "The month's rate",
            example: "156.72"
        ), Member("gross", \.payout.gross, "The share in yen", unit: "JPY", example: 30_196),
        Member("fees", \.payout.fees, "For the transfer", unit: "JPY", example: 1500),
        Member("net", \.payout.net, "What is paid", unit: "JPY", example: 28_696),
        Member("method", { $0.payout.method?.rawValue }, "iban or paypal", example: "iban"),
        Member("reference", \.payout.reference, "Of the transfer, once it is paid", example: "BANK-2026-06-001"),
        Member("paidAt", { $0.payout.paidAt.map(\.utc) }, "When it was paid"),
    ]
}
