import Kernel
import Ledger
import Storage
import Web

/// The way from an order's money back to the sentence that led to it.
struct OrderWhy: Answer {
    let order: OrderOutput
    let reports: [ReportPart]
    let transfers: [TransferPart]
    let click: ClickPart?
    let card: CardPart?
    let intent: IntentPart?

    init(_ order: Order, in tx: Transaction) throws {
        self.order = OrderOutput(order: order)
        self.reports = try tx.orders.listEvents(order).map { ReportPart(event: $0, currency: order.paid.currency) }
        self.transfers = try CommissionLedger.transfers(of: order, in: tx).map {
            TransferPart(transfer: $0, currency: order.paid.currency)
        }
        self.click = try order.click.flatMap { try tx.commerceClicks.find($0) }.map { ClickPart(click: $0) }
        let card = try order.recID.flatMap { try tx.cards.find($0) }
        self.card = card.map { CardPart(card: $0) }
        let session = try card.flatMap { try tx.cards.findSession($0.session) }
        self.intent = try session?.intent.flatMap { try tx.intents.find($0) }.map { IntentPart(intent: $0) }
    }

    static let members: [Member<Self>] = [
        Member("order", \.order, "The order"),
        Member("reports", \.reports, "What the merchant has reported, in order"),
        Member("transfers", \.transfers, "The money that it has moved"),
        Member("click", \.click, "The click that it is attributed by, or that says why it is nobody's"),
        Member("card", \.card, "The card that was clicked"),
        Member("intent", \.intent, "What the shopper had said"),
    ]

    struct ReportPart: Answer {
        let event: OrderEvent
        let currency: Currency

        static let members: [Member<Self>] = [
            Member("status", \.event.status, "What was reported"),
            Member("refund_id", \.event.refundID, "Which refund", example: "1"),
            Member(
                "amount",
                { Money(micros: $0.event.amount, $0.currency).exactText },
                "What it paid or gave back",
                example: "49.95"
            ),
            Member("occurred_at", { $0.event.occurredAt.utc }, "When it happened"),
            Member("created_at", { $0.event.createdAt.utc }, "When it was reported"),
        ]
    }

    struct TransferPart: Answer {
        let transfer: Transfer
        let currency: Currency

        static let members: [Member<Self>] = [
            Member(
                "reference",
                \.transfer.reference.text,
                "The transfer",
                example: "commerce:order:souk-demo:A1:paid:fee"
            ),
            Member("kind", \.transfer.origin.kind, "commission or commission_reversal", example: "commission"),
            Member("amount", { Money(micros: $0.transfer.amount, $0.currency).exactText }, "How much", example: "3.99"),
            Member("caused_by", { $0.transfer.origin.causedBy?.text }, "The transfer that it takes back"),
            Member("trace_id", \.transfer.origin.traceID, "The request's trace"),
        ]
    }

    struct ClickPart: Answer {
        let click: Click

        static let members: [Member<Self>] = [
            Member("click_id", { "clk_\($0.click.number)" }, "The click", example: "clk_17"),
            Member("at", { $0.click.at.utc }, "When it was"),
            Member("counts", { $0.click.reason == .counts }, "Whether it counts"),
            Member("trace_id", \.click.traceID, "The request's trace"),
        ]
    }

    struct CardPart: Answer {
        let card: Recommendation

        static let members: [Member<Self>] = [
            Member("rec_id", \.card.id, "The recommendation"),
            Member("product_id", { "\($0.card.product)" }, "The product", example: "3920564"),
            Member("channel", \.card.channel.nonEmpty, "The channel of the request"),
            Member("place", { $0.card.place + 1 }, "Its place in the answer, from 1"),
            Member(
                "commission_rate_bps",
                \.card.rateBasisPoints,
                "What an order costs the merchant, in hundredths of a percent"
            ),
            Member("creator_bps", \.card.creatorBasisPoints, "The creator's part of it"),
            Member("at", { $0.card.at.utc }, "When it was shown"),
        ]
    }

    struct IntentPart: Answer {
        let intent: Intent

        static let members: [Member<Self>] = [
            Member("intent_id", \.intent.id, "The intent"),
            Member("raw_query", \.intent.rawQuery, "The sentence"),
            Member("at", { $0.intent.createdAt.utc }, "When it was said"),
        ]
    }
}
