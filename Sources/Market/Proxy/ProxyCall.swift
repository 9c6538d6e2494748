import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Web

/// A call on its way through the proxy, without its body, which is let go of before the answer is passed on. One object, since
/// every step of the way holds it.
final class ProxyCall: Sendable {
    let usage: ID<Usage>
    let caller: Caller
    let listing: Listing
    let method: HTTPRequest.Method
    let headers: HTTPFields
    /// What follows the service in the path, with its query, as it was sent.
    let target: String
    let idempotencyKey: String?
    let clientAddress: String
    let host: String?
    /// Where the buyer called: what a payment is for.
    let resourceURL: String
    /// How buyers reach this server.
    let scheme: String
    let trace: Trace
    let startedAt: Timestamp
    /// Whether the buyer is still there.
    let watch: ConnectionWatch?

    init(
        _ call: Call,
        usage: ID<Usage>,
        caller: Caller,
        listing: Listing,
        target: String,
        idempotencyKey: String?,
        publicURL: String,
        startedAt: Timestamp
    ) {
        self.usage = usage
        self.caller = caller
        self.listing = listing
        self.method = call.request.method
        self.headers = call.request.headers
        self.target = target
        self.idempotencyKey = idempotencyKey
        self.clientAddress = call.context.clientAddress
        self.host = call.request.head.authority
        self.resourceURL = "\(publicURL)/api/v1/proxy/\(listing.id.text)\(target)"
        self.scheme = publicURL.bytewise.starts(with: "https:") ? "https" : "http"
        self.trace = call.trace
        self.startedAt = startedAt
        self.watch = call.context.watch
    }

    /// A call that another surface of the house makes.
    init(
        inside order: MarketInside.Order,
        method: HTTPRequest.Method,
        caller: Caller,
        listing: Listing,
        publicURL: String,
        startedAt: Timestamp
    ) {
        self.usage = ID(order.usage)
        self.caller = caller
        self.listing = listing
        self.method = method
        self.headers = [.contentType: "application/json"]
        self.target = order.path
        self.idempotencyKey = order.key
        self.clientAddress = "127.0.0.1"
        self.host = nil
        self.resourceURL = "\(publicURL)/api/v1/proxy/\(listing.id.text)\(order.path)"
        self.scheme = publicURL.bytewise.starts(with: "https:") ? "https" : "http"
        self.trace = order.trace
        self.startedAt = startedAt
        self.watch = nil
    }

    /// The provider's address with the rest of the path and the query. The endpoint's own query comes first.
    var providerURL: String { Self.url(of: self.listing, target: self.target) }

    static func url(of listing: Listing, target: String) -> String {
        let (path, query) = Self.split(target)
        let (base, baseQuery) = Self.split(listing.endpoint)
        let joined = base.bytewise.dropping(suffix: "/").map { "\($0)\(path.isEmpty ? "/" : path)" } ?? base + path
        let queries = [baseQuery, query].filter { !$0.isEmpty }
        return queries.isEmpty ? joined : "\(joined)?\(queries.joined(separator: "&"))"
    }

    /// How long a short answer may take after its head, which has the service's own time-out.
    var bodySeconds: Int64 { Int64(self.listing.timeoutSeconds) + 30 }

    /// The time to the head, the time for a short body, and what writing it down may take.
    private var longestSeconds: Int64 { Int64(self.listing.timeoutSeconds) + self.bodySeconds + 30 }

    /// Reservations outlast the call.
    var expiry: Timestamp { self.startedAt.adding(seconds: self.longestSeconds) }

    /// Keys are held longer still: verifying and settling an x402 payment take their own time.
    var holdSeconds: Int64 {
        self.longestSeconds + X402Facilitator.verifyTimeoutSeconds + X402Facilitator.settleTimeoutSeconds
    }

    var once: Once {
        Usage.once(self.idempotencyKey, of: self.usage, buyer: self.caller.identity, listing: self.listing.id)
    }

    func fingerprint(_ body: ByteBuffer) -> [UInt8] {
        IdempotencyStore.fingerprint([
            Array(self.method.rawValue.utf8), Array(self.target.utf8),
            Array((self.headers[.contentType] ?? "").utf8), Array(body.readableBytesView),
        ])
    }

    private static func split(_ text: String) -> (path: String, query: String) {
        let (path, query) = text.bytewise.cut(at: "?")
        return (String(path), query.map(String.init) ?? "")
    }
}

/// How a call ended.
struct CallResult: Sendable {
    let status: Int
    let latencyMilliseconds: Int64
    let outcome: Usage.Outcome
}

extension Usage {
    init(_ call: ProxyCall, _ funding: any Funding, _ result: CallResult) {
        self.id = call.usage
        self.buyer = call.caller.identity
        self.listing = call.listing.id
        self.provider = call.listing.provider
        self.calledAt = call.startedAt
        self.latencyMilliseconds = result.latencyMilliseconds
        self.statusCode = result.status
        self.isFree = funding.isFree && result.outcome == .answered
        self.amount = result.outcome == .answered ? funding.amount : 0
        self.paymentMethod = call.listing.paymentMethod
        self.outcome = result.outcome
        self.transfer = self.amount > 0 ? call.usage.transfer : nil
        self.commissionBasisPoints = Commission.basisPoints(at: call.startedAt, since: call.listing.providerSince)
        self.requestID = call.trace.requestID
        self.idempotencyKey = call.idempotencyKey
    }

    /// - Parameter now: of the transaction that writes it: whatever reads the records up to a moment has read all of them.
    func called(at now: Timestamp) -> Usage {
        var usage = self
        usage.calledAt = now
        return usage
    }
}
