import Crypto
import Kernel
import Ledger
import Logging
import Platform

/// The operator's account at NOWPayments.
package struct NOWPaymentsConfiguration: Sendable {
    package static let live = "https://api.nowpayments.io"
    package static let sandbox = "https://api-sandbox.nowpayments.io"

    package let api: String
    package let apiKey: String
    /// Signs callbacks.
    package let ipnSecret: String

    package init(api: String, apiKey: String, ipnSecret: String) {
        self.api = api
        self.apiKey = apiKey
        self.ipnSecret = ipnSecret
    }
}

/// NOWPayments: an invoice is made, the payer pays it in a coin of their choice, and signed callbacks tell how far it has come.
struct NOWPaymentsRail: Rail {
    static let currency = "usd"
    private static let answerLimit = 256 * 1024

    let configuration: NOWPaymentsConfiguration
    let timeoutSeconds: Int64
    let outbound: Outbound
    let logger: Logger
    /// Where clients reach the market, without a slash at the end.
    let publicURL: String

    var method: PaymentMethod { .nowpayments }
    var purpose: AccountKey.Purpose { .nowpayments }
    /// A cent.
    var step: Amount<USDC> { 10_000 }

    func open(_ deposit: Deposit) async -> RailOpening {
        let page = "\(self.publicURL)/account/deposits/\(deposit.id.text)?watch=1"
        let invoice: JSONValue = [
            "price_amount": .money(deposit.amount.money), "price_currency": .string(Self.currency),
            "order_id": .string(deposit.id.text), "order_description": "Prepaid balance",
            "ipn_callback_url": .string("\(self.publicURL)/api/v1/rails/nowpayments/callback"),
            "success_url": .string(page), "cancel_url": .string(page),
        ]
        guard let (status, answer) = await self.send("POST", "/v1/invoice", invoice) else { return .unavailable }
        guard (200..<300).contains(status) else {
            return .refused(reason: answer["code"]?.string ?? answer["message"]?.string ?? "HTTP_\(status)")
        }
        guard let id = Self.identifier(answer["id"]), let url = answer["invoice_url"]?.string else {
            return .unavailable
        }
        return .opened(reference: id, checkoutURL: url)
    }

    func instructions(for deposit: Deposit) -> [String: JSONValue] {
        ["url": .text(deposit.checkoutURL), "invoice_id": .text(deposit.reference)]
    }

    /// Several payments may be begun for one invoice: one that came counts, whatever became of the others.
    func ask(about deposit: Deposit, payments: [String]) async -> RailAnswer {
        var answers: [RailAnswer] = []
        for payment in payments {
            let answer = await self.ask(payment: payment, of: deposit)
            if case .paid = answer { return answer }
            answers.append(answer)
        }
        if answers.contains(.unknown) { return .unknown }
        if let partly = answers.first(where: { if case .partly = $0 { true } else { false } }) { return partly }
        return answers.contains(.waiting) || answers.isEmpty ? .waiting : answers.last!
    }

    private func ask(payment: String, of deposit: Deposit) async -> RailAnswer {
        guard let (status, answer) = await self.send("GET", "/v1/payment/\(payment)"), status == 200 else {
            return .unknown
        }
        switch answer["payment_status"]?.string {
        case "finished":
            guard let micros = Self.micros(answer["price_amount"]), let currency = answer["price_currency"]?.string
            else {
                return .unknown
            }
            return .paid(
                RailPayment(
                    reference: payment,
                    money: Money(micros: micros, Currency(code: currency.uppercased())),
                    deposit: answer["order_id"]?.string ?? ""
                )
            )
        case "waiting", "confirming", "confirmed", "sending": return .waiting
        case "partially_paid": return .partly(reason: "payment \(payment) was paid in part")
        case "failed", "refunded", "expired": return .refused(reason: answer["payment_status"]?.string ?? "")
        default: return .unknown
        }
    }

    /// Coins cannot be drawn back, and payouts need the operator's second factor.
    func refund(_: Refund, of _: String) async -> RailRefund { .byHand }

    func trouble() async -> String? {
        guard await self.send("GET", "/v1/merchant/coins") == nil else { return nil }
        return "NOWPayments does not answer, or does not know nowpayments_api_key; the log says which"
    }

    /// What a callback is about. Throws `callbackSignature`.
    func read(signature: String?, _ body: [UInt8]) throws -> RailCallback {
        guard let sorted = SortedJSON.text(body), let expected = signature.flatMap(Self.bytes(hex:)),
            HMAC<SHA512>.isValidAuthenticationCode(
                expected,
                authenticating: sorted,
                using: SymmetricKey(data: Array(self.configuration.ipnSecret.utf8))
            ),
            let event = try? JSON.read(body)
        else { throw MarketProblems.callbackSignature }
        return RailCallback(
            deposit: event["order_id"]?.string.map { ID($0) },
            reference: Self.identifier(event["invoice_id"]),
            payment: Self.identifier(event["payment_id"])
        )
    }

    private func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async -> (Int, JSONValue)? {
        let answer = try? await self.outbound.collect(
            OutboundRequest(
                method: method,
                url: self.configuration.api + path,
                headers: [
                    .init("x-api-key", self.configuration.apiKey), .init("Content-Type", "application/json"),
                ],
                body: try? body.map { try JSON.encode($0) }
            ),
            timeoutSeconds: self.timeoutSeconds,
            limit: Self.answerLimit
        )
        // A failing server, a limit and our credentials say nothing about the money.
        guard let answer, answer.status < 500, ![401, 403, 408, 429].contains(answer.status) else {
            self.logger.warning(
                "NOWPayments gave no answer",
                metadata: ["status": "\(answer?.status ?? 0)", "path": "\(path)"]
            )
            return nil
        }
        return (answer.status, (try? JSON.read(answer.body)) ?? .null)
    }

    /// The amount as it was written, or as the shortest text of its number: exact for whole cents.
    private static func micros(_ value: JSONValue?) -> Int64? {
        let text = value?.string ?? value?.integer.map(String.init) ?? value?.number.map { "\($0)" }
        return text.flatMap { try? Micros.parse($0) }
    }

    /// Identifiers come as numbers or as text, of digits only.
    private static func identifier(_ value: JSONValue?) -> String? {
        let text = value?.string ?? value?.integer.map(String.init)
        guard let text, (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return text
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == hex.utf8.count, digits.count == 128 else { return nil }
        return stride(from: 0, to: 128, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
