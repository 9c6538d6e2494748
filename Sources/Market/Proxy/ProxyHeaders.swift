import HTTPTypes
import Kernel
import NIOHTTP1
import Platform

/// Which headers pass the proxy, in either direction.
enum ProxyHeaders {
    /// Of the connection and not of the message (RFC 9110, section 7.6.1), and what Souk itself sets.
    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "expect", "http2-settings",
    ]
    /// The buyer's credentials and what only Souk may say.
    private static let secret: Set<String> = [
        "authorization", "cookie", "payment-signature", "payment-required", "payment-response", "x-payment",
        "x-payment-response", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
        "traceparent", "tracestate",
    ]

    /// What would speak for this server's own origin, or for its limits.
    private static let ours: Set<String> = [
        "strict-transport-security", "clear-site-data", "alt-svc", "ratelimit", "ratelimit-policy",
        "idempotency-replayed", "x-request-id", "content-security-policy", "refresh", "service-worker-allowed",
    ]

    static func toProvider(_ headers: HTTPFields, _ call: ProxyCall) -> HTTPHeaders {
        let named = self.connectionNames(headers[values: .connection])
        var forwarded = HTTPHeaders()
        forwarded.reserveCapacity(headers.count + 5)
        for field in headers {
            // Servers that hand headers to programs as variables do not tell `_` from `-`.
            var name = field.name.canonicalName
            if name.utf8.contains(UInt8(ascii: "_")) { name = name.replacing("_", with: "-") }
            guard !self.hopByHop.contains(name), !self.secret.contains(name), !named.contains(name),
                !name.hasPrefix("x-acf-"), !name.hasPrefix("x-payment")
            else { continue }
            forwarded.add(name: field.name.rawName, value: field.value)
        }
        forwarded.add(name: "X-ACF-Usage-Id", value: call.usage.text)
        forwarded.add(name: "X-Forwarded-For", value: call.clientAddress)
        forwarded.add(name: "X-Forwarded-Proto", value: call.scheme)
        if let host = call.host { forwarded.add(name: "X-Forwarded-Host", value: host) }
        forwarded.add(name: "traceparent", value: call.trace.traceparent)
        return forwarded
    }

    /// What the provider answered, without what it may not say.
    static func toBuyer(_ headers: HTTPHeaders) -> HTTPFields {
        let named = self.connectionNames(headers[canonicalForm: "connection"].map(String.init))
        var passed = HTTPFields()
        passed.reserveCapacity(headers.count + 4)
        for (name, value) in headers {
            guard let field = HTTPField.Name(name) else { continue }
            let canonical = field.canonicalName
            guard !self.hopByHop.contains(canonical), !named.contains(canonical), !canonical.hasPrefix("x-acf-"),
                !canonical.hasPrefix("payment-"), !canonical.hasPrefix("x-payment"), !self.ours.contains(canonical),
                !canonical.hasPrefix("access-control-")
            else { continue }
            // A provider sets no session of this server's pages.
            if canonical == "set-cookie", value.trimmed.hasPrefix("souk_") || value.trimmed.hasPrefix("__Host-souk_") {
                continue
            }
            passed.append(HTTPField(name: field, value: value))
        }
        return passed
    }

    private static func connectionNames(_ values: [String]) -> Set<String> {
        guard !values.isEmpty else { return [] }
        return Set(values.flatMap { $0.split(separator: ",") }.map { String($0).trimmed.lowercased() })
    }
}

extension HTTPField.Name {
    static let usageID = Self("X-ACF-Usage-Id")!
    static let amount = Self("X-ACF-Amount")!
    static let freeTier = Self("X-ACF-Free-Tier")!
    static let latency = Self("X-ACF-Latency-Ms")!
    static let paymentSignature = Self("PAYMENT-SIGNATURE")!
    static let paymentResponse = Self("PAYMENT-RESPONSE")!
    static let xPayment = Self("X-PAYMENT")!
    static let xPaymentResponse = Self("X-PAYMENT-RESPONSE")!
    static let replayed = Self("Idempotency-Replayed")!
}
