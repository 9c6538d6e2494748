import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// Where payment companies call back. Anybody may knock; a signature lets in.
struct RailRoutes: Sendable {
    static let callbackLimit = 256 * 1024

    let rails: ConfiguredRails
    let deposits: DepositService

    var endpoints: [Endpoint] {
        [
            Self.callback("/api/v1/rails/paypal/callback", "PayPal's webhook", self.payPal),
            Self.callback("/api/v1/rails/nowpayments/callback", "NOWPayments' callback", self.nowPayments),
        ]
    }

    private static func callback(
        _ path: String,
        _ summary: String,
        _ handle: @escaping @Sendable (Call) async throws -> Response
    ) -> Endpoint {
        Endpoint(
            raw: .post,
            path,
            summary,
            tag: "Rails",
            access: .open,
            answers: [
                AnswerDescription(status: .ok, summary: "Received", of: CallbackReceived.self)
            ],
            handle
        )
        .refusing(MarketProblems.railNotOffered("paypal"), MarketProblems.callbackSignature)
    }

    @Sendable private func payPal(_ call: Call) async throws -> Response {
        guard let rail = self.rails.payPal else { throw MarketProblems.railNotOffered("paypal") }
        let body = try await Self.body(call)
        if let callback = try await rail.webhooks.read(call.request.headers, body) {
            try await self.deposits.take(callback, over: .paypal, trace: call.trace)
        }
        return Response(status: .ok, answer: CallbackReceived())
    }

    @Sendable private func nowPayments(_ call: Call) async throws -> Response {
        guard let rail = self.rails.nowPayments else { throw MarketProblems.railNotOffered("nowpayments") }
        let body = try await Self.body(call)
        let callback = try rail.read(signature: call.header(HTTPField.Name("x-nowpayments-sig")!), body)
        try await self.deposits.take(callback, over: .nowpayments, trace: call.trace)
        return Response(status: .ok, answer: CallbackReceived())
    }

    private static func body(_ call: Call) async throws -> [UInt8] {
        Array(try await call.collectBody(upTo: Self.callbackLimit).bytes.readableBytesView)
    }
}

/// That a callback has arrived; what becomes of it is not the sender's concern.
struct CallbackReceived: ExampleAnswer {
    static let members: [Member<Self>] = [Member("received", { _ in true }, "true")]
    static let example = CallbackReceived()
}
