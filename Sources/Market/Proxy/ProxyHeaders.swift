import HTTPTypes
import Kernel
import NIOHTTP1
import Platform

/// Which headers pass the proxy, in either direction.
enum ProxyHeaders {
    /// Of the connection and not of the message (RFC 9110, section 7.6.1), and what Souk itself sets.
    private static let hopByHop = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "expect", "http2-settings",
    ]
    /// The buyer's credentials and what only Souk may say.
    private static let secret = [
        "authorization", "cookie", "payment-signature", "payment-required", "payment-response", "x-payment",
        "x-payment-response", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
        "traceparent", "tracestate",
        // By which a server is told of another path, method or client than those of the request.
        "x-original-url", "x-rewrite-url", "x-http-method", "x-http-method-override", "x-method-override",
        "x-forwarded-prefix", "x-forwarded-port", "x-forwarded-uri", "x-forwarded-server", "x-forwarded-ssl",
        "x-original-host", "cf-connecting-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip",
    ]

    /// What a provider's answer may say as it is: of its body and its place in a series. Nothing that a client, a browser or a proxy
    /// acts on: a `Location` would be followed with the buyer's own key to any address of this server, `Cache-Control: public` would
    /// let a cache give a paid answer to everybody, and a provider sees no cookie of a buyer either.
    private static let harmless = [
        "content-type", "content-language", "content-encoding", "content-disposition", "content-range",
        "content-digest", "content-md5", "digest", "repr-digest", "accept-ranges", "etag", "last-modified", "date",
        "retry-after", "allow", "accept-post", "accept-patch", "warning", "deprecation", "sunset", "server-timing",
        "x-total-count", "x-page", "x-per-page", "x-total-pages", "x-next-page", "x-prev-page", "x-next-cursor",
        "x-has-more", "x-cache", "x-correlation-id", "x-trace-id", "x-model", "x-version", "x-api-version", "x-runtime",
        "x-processing-time", "x-response-time", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
        "mcp-session-id",
    ]

    private enum Kind {
        case hopByHop
        case secret
        case harmless
    }

    private static let kinds = Dictionary(
        uniqueKeysWithValues: Self.hopByHop.map { ($0, Kind.hopByHop) } + Self.secret.map { ($0, .secret) }
            + Self.harmless.map { ($0, .harmless) }
    )

    static func toProvider(_ headers: HTTPFields, _ call: ProxyCall) -> HTTPHeaders {
        let named = self.connectionNames(headers[values: .connection])
        var forwarded = HTTPHeaders()
        forwarded.reserveCapacity(headers.count + 5)
        for field in headers {
            // Servers that hand headers to programs as variables do not tell `_` from `-`.
            var name = field.name.canonicalName
            if name.utf8.contains(UInt8(ascii: "_")) { name = name.bytewise.replacing("_", with: "-") }
            switch self.kinds[name] {
            case .hopByHop, .secret: continue
            case .harmless, nil: break
            }
            guard !named.contains(name), !name.bytewise.starts(with: "x-acf-"),
                !name.bytewise.starts(with: "x-payment")
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

    /// What the provider answered: what is known to be harmless as it is, anything else under a name that nobody acts on.
    static func toBuyer(_ headers: HTTPHeaders) -> HTTPFields {
        let named = self.connectionNames(headers[canonicalForm: "connection"].map(String.init))
        var passed = HTTPFields()
        passed.reserveCapacity(headers.count + 4)
        for (name, value) in headers {
            guard let field = HTTPField.Name(name) else { continue }
            let canonical = field.canonicalName
            guard !named.contains(canonical) else { continue }
            switch self.kinds[canonical] {
            case .hopByHop: break
            case .harmless: passed.append(HTTPField(name: field, value: value))
            case .secret, nil:
                guard let other = HTTPField.Name("X-Provider-\(name)") else { continue }
                passed.append(HTTPField(name: other, value: value))
            }
        }
        return passed
    }

    private static func connectionNames(_ values: [String]) -> Set<String> {
        guard !values.isEmpty else { return [] }
        return Set(values.flatMap { $0.lowercased().bytewise.list(",") })
    }
}

extension HTTPField.Name {
    static let usageID = Self("X-ACF-Usage-Id")!
    static let amount = Self("X-ACF-Amount")!
    static let freeTier = Self("X-ACF-Free-Tier")!
    static let latency = Self("X-ACF-Latency-Ms")!
    static let chargedFor = Self("X-ACF-Charged-For")!
    static let paymentSignature = Self("PAYMENT-SIGNATURE")!
    static let paymentResponse = Self("PAYMENT-RESPONSE")!
    static let xPayment = Self("X-PAYMENT")!
    static let xPaymentResponse = Self("X-PAYMENT-RESPONSE")!
    static let replayed = Self("Idempotency-Replayed")!
}
