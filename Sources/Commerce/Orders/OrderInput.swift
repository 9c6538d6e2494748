import Kernel
import Web

/// A merchant's report of an order.
struct OrderInput: Input {
    let report: OrderReport

    init(_ read: inout InputReader) {
        let id = read.body("order_id", .string, "The merchant's own", .notBlank(), .line(), .atMost(100))
        let status = read.body(
            "status",
            .string,
            "What has happened",
            .oneOf(Order.Status.allCases.map(\.rawValue))
        )
        let code = read.body("currency", .string, default: "USD", json: "USD", "ISO 4217", .currency)
        let currency = Currency(iso: code.uppercased()) ?? .usd
        let amount = read.optionalBody("amount", .amount, "What was paid; needed for `paid`", .price)
        let refund = read.optionalBody("refund_amount", .amount, "What is given back; the rest without it", .price)
        let money = { (digits: String?) in digits.flatMap { Money($0, currency) } }
        read.require(amount == nil || money(amount) != nil, "amount", FieldRule("amount_places"))
        read.require(refund == nil || money(refund) != nil, "refund_amount", FieldRule("amount_places"))
        if status == Order.Status.paid.rawValue, amount == nil { read.missing("amount") }
        let occurredAt = read.moment("occurred_at", "When it happened; at most five minutes ahead")
        let recID = read.optionalBody("rec_id", .string, "The recommendation, from the link", .line(), .atMost(100))
        let token = read.optionalBody(
            "match_token_id",
            .string,
            "The match token, where there is one",
            .line(),
            .atMost(100)
        )
        let product = read.optionalBody("product_id", .productID, "What was bought; the card's product without it")
        let quantity = read.optionalBody("quantity", .integer, "How many", .range(1...1_000_000))
        let refundID = read.body(
            "refund_id",
            .string,
            default: "1",
            json: "1",
            "Which refund of the order",
            .notBlank(),
            .line(),
            .atMost(100)
        )
        let cancelledBy = read.optionalBody(
            "cancelled_by",
            .string,
            "Who has cancelled it",
            .oneOf(["merchant", "buyer"])
        )
        let promisedBy = read.optionalMoment("promised_by", "When it was promised to arrive")
        var report = OrderReport(
            id: id,
            status: Order.Status(rawValue: status) ?? .paid,
            amount: money(amount),
            occurredAt: occurredAt
        )
        report.recID = recID?.nonEmpty.map { ID($0) }
        report.matchToken = token?.nonEmpty
        report.product = product.flatMap { ProductID($0) }
        report.quantity = quantity
        report.refundID = refundID
        report.refundAmount = money(refund)
        report.cancelledBy = cancelledBy
        report.promisedBy = promisedBy
        self.report = report
    }
}

extension Rule where Value == String {
    /// ISO 4217, in any case.
    static var currency: Rule {
        Rule(FieldRule("currency"), schema: ["pattern": "^[A-Za-z]{3}$"]) { Currency(iso: $0.uppercased()) != nil }
    }

    /// An amount that is not negative, with its digits as they were written.
    static var price: Rule {
        Rule(FieldRule("amount")) { text in
            (try? Micros.parse(text)).map { $0 >= 0 && $0 <= Money.largestPrice } ?? false
        }
    }
}

extension FieldType where Value == String {
    /// A product's number, as a number or as text.
    static let productID = FieldType(
        expected: "product_id",
        schema: ["anyOf": [["type": "integer", "minimum": 1], ["type": "string", "pattern": "^[1-9][0-9]{0,15}$"]]],
        placeholder: "1",
        fromJSON: { value in value.decimalDigits.flatMap(Self.positive) },
        fromText: Self.positive
    )

    @Sendable private static func positive(_ text: String) -> String? {
        guard let number = Int64(text), number > 0, number < 1 << 53 else { return nil }
        return "\(number)"
    }
}
