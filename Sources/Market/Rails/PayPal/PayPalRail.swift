import Kernel
import Ledger

/// PayPal's Orders, version 2: an order is created, the payer approves it on PayPal's page, and it is captured.
struct PayPalRail: Rail {
    static let currency = "USD"

    let client: PayPalClient
    let webhooks: PayPalWebhooks
    /// Where clients reach the market, without a slash at the end.
    let publicURL: String

    var method: PaymentMethod { .paypal }
    var purpose: AccountKey.Purpose { .paypal }
    /// A cent.
    var step: Amount<USDC> { 10_000 }

    func open(_ deposit: Deposit) async -> RailOpening {
        let page = "\(self.publicURL)/account/deposits/\(deposit.id.text)?watch=1"
        let order: JSONValue = [
            "intent": "CAPTURE",
            "purchase_units": [
                [
                    "reference_id": .string(deposit.id.text), "custom_id": .string(deposit.id.text),
                    // PayPal takes an invoice once: a second guard against paying twice.
                    "invoice_id": .string(deposit.id.text), "description": "Prepaid balance",
                    "amount": ["currency_code": .string(Self.currency), "value": .string(deposit.amount.text)],
                ]
            ],
            "payment_source": [
                "paypal": [
                    "experience_context": [
                        "return_url": .string(page), "cancel_url": .string(page), "user_action": "PAY_NOW",
                        "shipping_preference": "NO_SHIPPING",
                    ]
                ]
            ],
        ]
        let answer = await self.client.send(
            "POST",
            "/v2/checkout/orders",
            requestID: deposit.id.text,
            body: try? JSON.encode(order)
        )
        guard let answer, !answer.isSilence else { return .unavailable }
        guard answer.isSuccess else { return .refused(reason: answer.issue) }
        let link = answer.body["links"]?.array?.first {
            ["payer-action", "approve"].contains($0["rel"]?.string)
        }?["href"]?.string
        guard let reference = answer.body["id"]?.string, let link else { return .unavailable }
        return .opened(reference: reference, checkoutURL: link)
    }

    func instructions(for deposit: Deposit) -> [String: JSONValue] {
        ["url": .text(deposit.checkoutURL), "order_id": .text(deposit.reference)]
    }

    func ask(about deposit: Deposit, payments _: [String]) async -> RailAnswer {
        guard let order = deposit.reference else { return .waiting }
        let answer = await self.client.send("GET", "/v2/checkout/orders/\(order)")
        guard let answer, !answer.isSilence else { return .unknown }
        // PayPal forgets orders that nobody has approved.
        if answer.status == 404 { return .refused(reason: answer.issue) }
        guard answer.isSuccess else { return .unknown }
        if answer.body["status"]?.string == "APPROVED" { return await self.capture(order, deposit) }
        return Self.read(answer.body)
    }

    /// One `PayPal-Request-Id` for each way of paying that the payer has chosen: PayPal captures once, however often this is sent.
    private func capture(_ order: String, _ deposit: Deposit) async -> RailAnswer {
        let answer = await self.client.send(
            "POST",
            "/v2/checkout/orders/\(order)/capture",
            requestID: "\(deposit.id.text)-capture-\(deposit.attempt)",
            body: Array("{}".utf8)
        )
        guard let answer, !answer.isSilence else { return .unknown }
        if answer.isSuccess { return Self.read(answer.body) }
        switch answer.issue {
        case "INSTRUMENT_DECLINED": return .declined
        // The payer has not agreed after all.
        case "ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED": return .waiting
        // The next question finds what was captured.
        case "ORDER_ALREADY_CAPTURED", "DUPLICATE_INVOICE_ID": return .unknown
        default: return .refused(reason: answer.issue)
        }
    }

    /// What an order says.
    static func read(_ order: JSONValue) -> RailAnswer {
        switch order["status"]?.string {
        case "CREATED", "SAVED", "PAYER_ACTION_REQUIRED", "APPROVED": return .waiting
        case "VOIDED": return .refused(reason: "VOIDED")
        case "COMPLETED": break
        default: return .unknown
        }
        guard let unit = order["purchase_units"]?.array?.first,
            let capture = unit["payments"]?["captures"]?.array?.last
        else { return .unknown }
        switch capture["status"]?.string {
        case "PARTIALLY_REFUNDED": return .review(reason: "a part was given back at PayPal")
        case "COMPLETED":
            guard let id = capture["id"]?.string, let value = capture["amount"]?["value"]?.string,
                let micros = try? Micros.parse(value), let currency = capture["amount"]?["currency_code"]?.string
            else { return .unknown }
            let deposit = capture["custom_id"]?.string ?? unit["custom_id"]?.string ?? unit["reference_id"]?.string
            return .paid(
                RailPayment(
                    reference: id,
                    money: Money(micros: micros, Currency(code: currency)),
                    deposit: deposit ?? ""
                )
            )
        case "DECLINED", "FAILED", "REFUNDED": return .refused(reason: capture["status"]?.string ?? "")
        default: return .unknown
        }
    }

    func trouble() async -> String? {
        await self.client.hasAccess()
            ? nil : "PayPal does not answer, or does not know paypal_client_id with its secret; live and sandbox differ"
    }

    func refund(_ refund: Refund, of payment: String) async -> RailRefund {
        let body: JSONValue = [
            "amount": ["currency_code": .string(Self.currency), "value": .string(refund.amount.text)],
            "custom_id": .string(refund.id.text),
        ]
        let answer = await self.client.send(
            "POST",
            "/v2/payments/captures/\(payment)/refund",
            requestID: refund.id.text,
            body: try? JSON.encode(body)
        )
        guard let answer, !answer.isSilence else { return .unknown }
        // Somebody gave it back at PayPal: whether this refund is that one, the operator can see there.
        if answer.issue == "CAPTURE_FULLY_REFUNDED" { return .byHand }
        guard answer.isSuccess else { return .refused(reason: answer.issue) }
        switch (answer.body["status"]?.string, answer.body["id"]?.string) {
        case ("COMPLETED", let id?): return .paid(reference: id)
        case ("CANCELLED", _), ("FAILED", _): return .refused(reason: answer.body["status"]?.string ?? "")
        default: return .unknown
        }
    }
}
