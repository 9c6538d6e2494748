import Kernel
import Platform

/// The facilitator's two questions: is this payment good, and take it.
struct X402Facilitator: Sendable {
    /// Settling waits for the chain.
    static let settleTimeoutSeconds: Int64 = 60
    static let verifyTimeoutSeconds: Int64 = 15

    let configuration: X402Configuration
    let outbound: Outbound

    enum Verification: Sendable, Equatable {
        case valid
        case invalid(reason: String)
        /// Nothing was taken: the buyer may try again.
        case unavailable
    }

    func verify(_ request: JSONValue) async -> Verification {
        guard let answer = await self.post("verify", request, timeoutSeconds: Self.verifyTimeoutSeconds) else {
            return .unavailable
        }
        if answer["isValid"] == .bool(true) { return .valid }
        if answer["isValid"] == .bool(false) {
            return .invalid(reason: answer["invalidReason"]?.string ?? "invalid_payload")
        }
        return .unavailable
    }

    /// Anything but a clear yes or no is *unknown*: the money may have moved.
    func settle(_ request: JSONValue) async -> X402Outcome {
        guard let answer = await self.post("settle", request, timeoutSeconds: Self.settleTimeoutSeconds) else {
            return .unknown
        }
        if answer["success"] == .bool(true), let transaction = answer["transaction"]?.string, !transaction.isEmpty {
            return .paid(reference: transaction)
        }
        guard answer["success"] == .bool(false) else { return .unknown }
        let reason = answer["errorReason"]?.string ?? "unexpected"
        return Self.isAmbiguous(reason) ? .unknown : .refused(reason: reason)
    }

    /// Reasons that come after a transaction was sent: the money may have moved all the same.
    private static func isAmbiguous(_ reason: String) -> Bool {
        ["pending", "unexpected", "transaction", "timeout"].contains { reason.bytewise.contains($0) }
    }

    /// Whether it is there; it says what it supports without a key.
    func answers() async -> Bool {
        let answer = try? await self.outbound.collect(
            OutboundRequest(method: "GET", url: self.url("supported"), headers: [], body: nil),
            timeoutSeconds: 10,
            limit: 256 * 1024
        )
        return answer?.status == 200
    }

    private func url(_ path: String) -> String {
        let base = self.configuration.facilitator
        return base.bytewise.ends(with: "/") ? base + path : "\(base)/\(path)"
    }

    private func post(_ path: String, _ body: JSONValue, timeoutSeconds: Int64) async -> JSONValue? {
        guard let bytes = try? JSON.encode(body),
            let answer = try? await self.outbound.collect(
                OutboundRequest(
                    method: "POST",
                    url: self.url(path),
                    headers: [.init("Content-Type", "application/json")],
                    body: bytes
                ),
                timeoutSeconds: timeoutSeconds,
                limit: 64 * 1024
            )
        else { return nil }
        // A failing server's words are no answer.
        guard answer.status < 500 else { return nil }
        return try? JSON.read(answer.body)
    }
}

/// What the facilitator says of taking a payment.
enum X402Outcome: Sendable, Equatable {
    /// Taken; the reference is the transaction's hash.
    case paid(reference: String)
    /// Not taken, and it will not be.
    case refused(reason: String)
    /// It did not say. The money stays reserved until it does.
    case unknown
}
