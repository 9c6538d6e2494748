import Crypto
import Foundation
import HTTPTypes
package import Hummingbird
package import Kernel
import Market
package import Platform
import Server
import Synchronization
package import TestKit

/// NOWPayments as far as a shop sees it: invoices, payments, signed callbacks.
package final class FakeNOWPayments: Sendable {
    package static let apiKey = "key"
    package static let ipnSecret = "ipn"

    package struct Payment: Sendable {
        package var status: String
        package var price: Double
        package var currency: String
        package var order: String
        let invoice: String
    }

    private struct State {
        var invoices: [String: JSONValue] = [:]
        var payments: [Int64: Payment] = [:]
        var isDown = false
    }

    private let state = Mutex(State())

    package init() {}

    /// What an operator sets to be paid over the NOWPayments that stands there.
    package static func settings(url: String) -> [Setting: String] {
        [
            .nowPaymentsAPI: url, .nowPaymentsAPIKey: Self.apiKey, .nowPaymentsIPNSecret: Self.ipnSecret,
            .railTimeoutSeconds: "8",
        ]
    }

    package var invoices: [String: JSONValue] { self.state.withLock { $0.invoices } }
    package func fail(_ isDown: Bool) { self.state.withLock { $0.isDown = isDown } }

    /// The payer pays for the invoice; its number, and the payment as it stands.
    package func pay(_ invoice: String, number: Int64, status: String) {
        self.state.withLock { state in
            let made = state.invoices[invoice]
            state.payments[number] = Payment(
                status: status,
                price: made?["price_amount"]?.number ?? 0,
                currency: made?["price_currency"]?.string ?? "",
                order: made?["order_id"]?.string ?? "",
                invoice: invoice
            )
        }
    }

    package func change(_ number: Int64, _ body: @Sendable (inout Payment) -> Void) {
        self.state.withLock { state in
            guard var payment = state.payments[number] else { return }
            body(&payment)
            state.payments[number] = payment
        }
    }

    /// A callback of a payment: members in the order in which they come, blanks and all, and the signature.
    package func callback(_ number: Int64, status: String? = nil) throws -> (headers: [String: String], body: String) {
        let payment = self.state.withLock { $0.payments[number] }!
        let status = status ?? payment.status
        let body = """
            {"payment_id": \(number), "invoice_id": \(payment.invoice), "payment_status": "\(status)", \
            "order_id": "\(payment.order)", "price_amount": \(payment.price), "price_currency": "\(payment.currency)", \
            "actually_paid": 5e-7, "fee": {"withdrawalFee": 0, "currency": "btc"}}
            """
        let sorted = """
            {"actually_paid":5e-7,"fee":{"currency":"btc","withdrawalFee":0},"invoice_id":\(payment.invoice),\
            "order_id":"\(payment.order)","payment_id":\(number),"payment_status":"\(status)",\
            "price_amount":\(payment.price),"price_currency":"\(payment.currency)"}
            """
        let code = HMAC<SHA512>.authenticationCode(
            for: Array(sorted.utf8),
            using: SymmetricKey(data: Array(Self.ipnSecret.utf8))
        )
        let signature = code.map { String(format: "%02x", $0) }.joined()
        return (["x-nowpayments-sig": signature, "Content-Type": "application/json"], body)
    }

    package func answer(_ request: FakeHost.Received) async throws -> Response {
        guard request.headers[HTTPField.Name("x-api-key")!] == Self.apiKey else {
            return FakeHost.json(403, ["code": "INVALID_API_KEY"])
        }
        return self.state.withLock { state in
            if state.isDown { return FakeHost.json(500, [:]) }
            if request.path == "/v1/invoice" {
                let body = (try? JSON.read(request.body)) ?? .null
                let id = "\(4_522_625_843 + Int64(state.invoices.count))"
                state.invoices[id] = body
                return FakeHost.json(
                    200,
                    body.adding("id", .string(id)).adding("invoice_url", "https://nowpayments.example/?iid=\(id)")
                )
            }
            let number = Int64(request.path.split(separator: "/").last ?? "") ?? 0
            guard let payment = state.payments[number] else { return FakeHost.json(404, ["code": "NOT_FOUND"]) }
            return FakeHost.json(
                200,
                [
                    "payment_id": .integer(number), "payment_status": .string(payment.status),
                    "price_amount": .number(payment.price), "price_currency": .string(payment.currency),
                    "order_id": .string(payment.order), "invoice_id": .integer(Int64(payment.invoice) ?? 0),
                ]
            )
        }
    }
}

extension JSONValue {
    fileprivate func adding(_ name: String, _ text: String) -> JSONValue { self.adding(name, .string(text)) }
}
