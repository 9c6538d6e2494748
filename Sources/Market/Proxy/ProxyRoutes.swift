import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Web

struct ProxyRoutes: Sendable {
    /// Larger requests are refused before anything is reserved.
    static let requestLimit = 10 * 1024 * 1024

    let service: ProxyService
    let cache: ListingCache
    let ids: IDGenerator
    let clock: WallClock
    let publicURL: String

    var endpoints: [Endpoint] {
        [HTTPRequest.Method.get, .post, .put, .patch, .delete].map { method in
            Endpoint(
                raw: method,
                "/api/v1/proxy/{service_id}/{path}",
                "Call a service and pay for it",
                tag: "Payment Proxy",
                access: .anyKey,
                takesRestOfPath: true,
                inputs: [
                    FieldDescription(
                        "Idempotency-Key",
                        .header,
                        isRequired: false,
                        schema: ["type": "string", "minLength": 1, "maxLength": 255],
                        summary: "Repeating a request with the same key never charges twice"
                    )
                ],
                body: method == .get ? nil : BodyDescription(isRequired: false) { ([:], [:]) },
                answers: [
                    AnswerDescription(
                        status: .ok,
                        summary: "The provider's answer, whatever it is and of whatever type, with billing headers",
                        schema: [:]
                    ).saying(Self.billingHeaders),
                    AnswerDescription(status: .paymentRequired, summary: "The balance does not cover the call")
                        .saying(["PAYMENT-REQUIRED": "How to pay over x402, as Base64 of JSON"]),
                    AnswerDescription(status: .badGateway, summary: "Provider unreachable"),
                    AnswerDescription(status: .serviceUnavailable, summary: "The service has failed repeatedly"),
                    AnswerDescription(status: .gatewayTimeout, summary: "Provider timeout"),
                ],
                self.forward
            )
            .refusing(
                MarketProblems.serviceNotFound,
                MarketProblems.serviceNotActive,
                MarketProblems.dotSegments,
                MarketProblems.pathEncoding,
                MarketProblems.idempotencyKeyLength,
                MarketProblems.idempotencyRunning,
                MarketProblems.idempotencyNotKept,
                MarketProblems.idempotencyMismatch,
                MarketProblems.circuitOpen(retryAfterSeconds: 30),
                MarketProblems.tooManyCalls,
                MarketProblems.paymentRequired,
                MarketProblems.paymentUnreadable,
                MarketProblems.providerUnreachable,
                MarketProblems.providerTimeout,
                MarketProblems.paymentUnknown
            )
            .passingAnswersOn()
        }
    }

    private static let billingHeaders = [
        "X-ACF-Usage-Id": "The usage record of the call",
        "X-ACF-Amount": "What was charged, in USDC; 0 for nothing",
        "X-ACF-Free-Tier": "Whether the call was one of the free ones: true or false",
        "X-ACF-Latency-Ms": "How long the provider took, in milliseconds",
        "PAYMENT-RESPONSE": "The receipt of an x402 payment, as Base64 of JSON",
    ]

    @Sendable private func forward(_ caller: Caller, _ call: Call) async throws -> Response {
        let listing = try await self.cache.require(call.pathID("service_id")).listing
        guard listing.status == .active else { throw MarketProblems.serviceNotActive }
        let key = try call.idempotencyKey()
        let target = Self.target(String(RequestPath.origin(call.request.head.path ?? "")))
        // The client library drops a path that it cannot decode.
        guard target.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") }),
            !target.utf8.contains(UInt8(ascii: "%")) || target.removingPercentEncoding != nil
        else { throw MarketProblems.pathEncoding }
        guard !DotSegments.areIn(target) else { throw MarketProblems.dotSegments }
        let proxied = ProxyCall(
            call,
            usage: self.ids.next(),
            caller: caller,
            listing: listing,
            target: target,
            idempotencyKey: key,
            publicURL: self.publicURL,
            startedAt: self.clock.now()
        )
        let body = try await call.collectBody(upTo: Self.requestLimit, patience: Self.unaskedLimit) {
            try await self.service.requireFunds(proxied)
        }
        return try await self.service.forward(proxied, body)
    }

    /// Of longer requests so much is read before it is looked whether their buyer can pay.
    private static let unaskedLimit = 64 * 1024

    /// What follows the service in the path, exactly as it was sent.
    static func target(_ path: String) -> String {
        // Found by its bytes: searching text is slow, and this is done for every call.
        let bytes = path.utf8
        var rest = bytes[...]
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            rest = bytes[bytes.index(after: slash)...]
            guard rest.starts(with: Self.proxy) else { continue }
            rest = rest.dropFirst(Self.proxy.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? bytes.endIndex
            return String(path[end...])
        }
        return ""
    }

    private static let proxy = Array("proxy/".utf8)
}
