import HTTPTypes
import HummingbirdCore
package import Kernel
import Ledger
import NIOCore
package import Platform
import Search
import Storage
import Web

/// The market as another surface of the house uses it: the same operations as over HTTP, for an identity without a key.
package struct MarketInside: Sendable {
    let parts: Market.Parts
    let proxy: ProxyRoutes
    let database: any Storage.Database
    let ids: IDGenerator
    let clock: WallClock

    /// A service as it is found.
    package struct Service: Sendable {
        package let id: String
        package let name: String
        package let description: String
        package let price: Amount<USDC>
        /// How it is called: lines such as `POST /summary {"text":"…"}`.
        package let calls: [String]
    }

    /// Active services whose words match, the best first.
    package func search(_ text: String, atMost price: Amount<USDC>?, limit: Int) async throws -> [Service] {
        var query = ListingQuery(limit: limit, offset: 0)
        query.text = text
        query.maximumPrice = price
        query.sort = .relevance
        let found = self.parts.listingSearch.answer(query.search)
        return try await self.parts.cache.list(found.hits.map { ID($0.id) }).map { Service($0.listing) }
    }

    /// Throws *service not found*, *not active*.
    package func service(_ id: String) async throws -> Service {
        let listing = try await self.parts.cache.require(ID(id)).listing
        guard listing.status == .active else { throw MarketProblems.serviceNotActive }
        return Service(listing)
    }

    /// One call, paid out of the identity's balance.
    package struct Order: Sendable {
        package let usage: String
        package let identity: Identity
        package let service: String
        package let method: String
        /// What follows the service's address; empty, or from `/` on.
        package let path: String
        package let body: [UInt8]
        package let maximumPrice: Amount<USDC>
        package let key: String
        package let trace: Trace

        package init(
            usage: String,
            identity: Identity,
            service: String,
            method: String,
            path: String,
            body: [UInt8],
            maximumPrice: Amount<USDC>,
            key: String,
            trace: Trace
        ) {
            (self.usage, self.identity, self.service, self.method) = (usage, identity, service, method)
            (self.path, self.body, self.maximumPrice) = (path, body, maximumPrice)
            (self.key, self.trace) = (key, trace)
        }
    }

    package struct Outcome: Sendable {
        package let status: Int
        package let body: [UInt8]
        /// 0 for nothing.
        package let charged: Amount<USDC>
    }

    /// The service costs more than the order allows; nothing was called.
    package struct PriceAbove: Error {
        package let price: Amount<USDC>
    }

    /// The longest answer that is read; of a longer one, the beginning.
    private static let answerLimit = 1024 * 1024

    /// Throws the problems of a call over HTTP, and ``PriceAbove``.
    package func call(_ order: Order) async throws -> Outcome {
        let listing = try await self.parts.cache.require(ID(order.service)).listing
        guard listing.status == .active else { throw MarketProblems.serviceNotActive }
        guard listing.price.amount <= order.maximumPrice else {
            throw PriceAbove(price: listing.price.amount)
        }
        let caller = Caller(
            Credential(
                id: "inside:\(order.identity.id)",
                surface: MarketContract.name,
                owner: order.identity,
                role: MarketRole.buyer.role,
                secretHash: [],
                rateLimit: 0,
                walletAddress: nil,
                createdAt: order.identity.createdAt,
                expiresAt: nil
            )
        )
        let call = ProxyCall(
            inside: order,
            method: HTTPRequest.Method(rawValue: order.method) ?? .post,
            caller: caller,
            listing: listing,
            publicURL: self.proxy.publicURL,
            startedAt: self.clock.now()
        )
        let response = try await self.proxy.service.forward(call, BufferedBody(holding: ByteBuffer(bytes: order.body)))
        let (body, _) = try await response.collect(keeping: Self.answerLimit, most: Self.answerLimit)
        return Outcome(
            status: response.status.code,
            body: Array(body.readableBytesView),
            charged: response.headers[.amount].flatMap { try? Amount<USDC>(decimal: $0) } ?? 0
        )
    }

    /// What a call has charged: 0 where there is no record of it, nil while its answer is under way and may be given back.
    package func charged(usage: String) async throws -> Amount<USDC>? {
        try await self.database.read { tx in
            if try tx.openStreams.has(ID(usage)) { return nil }
            return try tx.usage.find(ID(usage)).map { $0.outcome == .answered ? $0.amount : 0 } ?? 0
        }
    }

    /// A buyer's key of the identity, to deposit and to look.
    package func makeKey(of identity: Identity) async throws -> String {
        try await self.parts.keys.createAtConsole(.init(ownerName: identity.name, role: .buyer, rateLimit: 60))
            .authorization
    }

    /// Ends every key of the identity.
    package func revokeKeys(of identity: Identity) async throws {
        try await self.database.write { tx in
            for credential in try tx.identities.list(of: identity.id, surface: MarketContract.name) {
                _ = try tx.identities.revoke(credential: credential.id, of: identity.id)
            }
        }
    }

    /// What the demo gives.
    package func credit(_ identity: Identity, _ amount: Amount<USDC>, reason: String) async throws {
        let id = self.ids.uuid()
        try await self.database.write { tx in
            _ = try self.parts.deposits.credit(
                id: id,
                buyerName: identity.name,
                amount: amount,
                reason: reason,
                by: "console",
                trace: .none,
                in: tx
            )
        }
    }
}

extension MarketInside.Service {
    fileprivate init(_ listing: Listing) {
        self.init(
            id: listing.id.text,
            name: listing.name,
            description: listing.description,
            price: listing.price.amount,
            calls: listing.interface.operations.prefix(Self.shownCalls).map { operation in
                let body = operation.body.map { " \($0.prefix(Self.shownBody))" } ?? ""
                let summary = operation.summary.isEmpty ? "" : " (\(operation.summary))"
                return "\(operation.method) \(operation.target)\(body)\(summary)"
            }
        )
    }

    /// Kinds of calls that an agent is told of.
    private static let shownCalls = 5
    private static let shownBody = 500
}
