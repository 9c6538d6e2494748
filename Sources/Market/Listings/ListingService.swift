import Kernel
import Platform
import Storage

/// Puts services on the market, changes and removes them.
struct ListingService: Sendable {
    let database: any Database
    let outbound: Outbound
    let ids: IDGenerator

    /// What a provider says of a service.
    struct Draft: Sendable {
        let name: String
        let description: String
        let endpoint: String
        let price: Price
        let paymentMethod: PaymentMethod
        let freeTierCalls: Int
        let timeoutSeconds: Int
        let category: String
        let tags: [String]
        let chargeRule: ChargeRule
        let interface: InterfaceSource?
    }

    /// What to change; nil leaves as it is.
    struct Change: Sendable {
        let name: String?
        let description: String?
        let endpoint: String?
        let price: Price?
        let timeoutSeconds: Int?
        let status: Listing.Status?
        let category: String?
        let tags: [String]?
        let chargeRule: ChargeRule?
        let interface: InterfaceSource?
    }

    /// Throws `privateEndpoint`, then what is wrong with the document that says how it is called.
    func register(_ draft: Draft, by caller: Caller, trace: Trace) async throws -> Listing {
        try await self.requirePublic(draft.endpoint)
        let interface = try await draft.interface?.interface(from: self.outbound)
        let id: ID<Listing> = self.ids.next()
        return try await self.database.write { tx in
            let listing = Listing(
                id: id,
                owner: caller.identity,
                ownerName: caller.name,
                name: draft.name,
                description: draft.description,
                endpoint: draft.endpoint,
                price: draft.price,
                paymentMethod: draft.paymentMethod,
                freeTierCalls: draft.freeTierCalls,
                timeoutSeconds: draft.timeoutSeconds,
                category: draft.category,
                tags: draft.tags,
                chargeRule: draft.chargeRule,
                interface: interface ?? ServiceInterface(),
                createdAt: tx.now
            )
            try tx.listings.insert(listing)
            try tx.events.append(Self.event("service.registered", listing, trace))
            return listing
        }
    }

    /// Throws `serviceNotFound`, then `onlyOwnerUpdates`, then `serviceRemoved`, then `pausedByOperator`, then `privateEndpoint`, then what is
    /// wrong with the document that says how it is called.
    func update(_ id: ID<Listing>, _ change: Change, by caller: Caller, trace: Trace) async throws -> Listing {
        if let endpoint = change.endpoint { try await self.requirePublic(endpoint) }
        let interface = try await change.interface?.interface(from: self.outbound)
        return try await self.database.write { tx in
            var listing = try tx.listings.require(id)
            guard listing.provider == caller.identity else { throw MarketProblems.onlyOwnerUpdates }
            guard listing.status != .removed else { throw MarketProblems.serviceRemoved }
            if let reason = listing.pausedReason, change.status == .active {
                throw MarketProblems.pausedByOperator(reason)
            }
            listing.apply(change, at: tx.now)
            // Its provider wants it paused, too: it stays so when the operator lets it go on.
            if change.status == .paused, listing.pausedReason != nil { listing.isPausedByProvider = true }
            listing.interface = interface ?? listing.interface
            try tx.listings.update(listing)
            try tx.events.append(Self.event("service.updated", listing, trace))
            return listing
        }
    }

    /// For administrators: the service can be neither found nor called, and its provider sees why. Throws `serviceNotFound`, then
    /// `serviceRemoved`.
    func pause(_ id: ID<Listing>, reason: String, by admin: Caller, trace: Trace) async throws -> Listing {
        try await self.change(id, "service.paused", detail: reason, by: admin, trace) { listing in
            if listing.pausedReason == nil { listing.isPausedByProvider = listing.status == .paused }
            listing.status = .paused
            listing.pausedReason = reason
        }
    }

    /// For administrators. One that its provider has paused stays paused. Throws `serviceNotFound`, then `serviceRemoved`.
    func resume(_ id: ID<Listing>, by admin: Caller, trace: Trace) async throws -> Listing {
        try await self.change(id, "service.resumed", detail: "", by: admin, trace) { listing in
            guard listing.pausedReason != nil else { return }
            listing.status = listing.isPausedByProvider ? .paused : .active
            listing.pausedReason = nil
            listing.isPausedByProvider = false
        }
    }

    private func change(
        _ id: ID<Listing>,
        _ action: String,
        detail: String,
        by admin: Caller,
        _ trace: Trace,
        _ change: @escaping @Sendable (inout Listing) -> Void
    ) async throws -> Listing {
        try await self.database.write { tx in
            let before = try tx.listings.require(id)
            guard before.status != .removed else { throw MarketProblems.serviceRemoved }
            var listing = before
            change(&listing)
            guard listing != before else { return listing }
            listing.updatedAt = tx.now
            try tx.listings.update(listing)
            try tx.audit.record(
                actor: admin.credential,
                action: action,
                subject: id.text,
                detail: detail.isEmpty ? listing.name : "\(listing.name): \(detail)",
                trace: trace
            )
            try tx.events.append(Self.event("service.updated", listing, trace))
            return listing
        }
    }

    /// Removing twice is removing once. Throws `serviceNotFound`, then `onlyOwnerRemoves`.
    func remove(_ id: ID<Listing>, by caller: Caller, trace: Trace) async throws {
        try await self.database.write { tx in
            var listing = try tx.listings.require(id)
            guard listing.provider == caller.identity else { throw MarketProblems.onlyOwnerRemoves }
            guard listing.status != .removed else { return }
            listing.status = .removed
            listing.updatedAt = tx.now
            try tx.listings.update(listing)
            try tx.events.append(Self.event("service.removed", listing, trace))
        }
    }

    /// A name that cannot be resolved yet may be listed; it is checked again at every call.
    private func requirePublic(_ endpoint: String) async throws {
        do { try await self.outbound.check(endpoint) } catch OutboundError.forbiddenAddress {
            throw MarketProblems.privateEndpoint
        } catch OutboundError.cannotResolve { return }
    }

    private static func event(_ type: String, _ listing: Listing, _ trace: Trace) throws -> Event {
        Event(
            surface: MarketContract.name,
            type: type,
            subject: listing.id.text,
            audience: [listing.provider],
            payload: try JSON.text(["service_id": listing.id.text, "status": listing.status.rawValue]),
            trace: trace
        )
    }
}

extension Listing {
    fileprivate mutating func apply(_ change: ListingService.Change, at now: Timestamp) {
        self.name = change.name ?? self.name
        self.description = change.description ?? self.description
        self.endpoint = change.endpoint ?? self.endpoint
        self.price = change.price ?? self.price
        self.timeoutSeconds = change.timeoutSeconds ?? self.timeoutSeconds
        self.status = change.status ?? self.status
        self.category = change.category ?? self.category
        self.tags = change.tags ?? self.tags
        self.chargeRule = change.chargeRule ?? self.chargeRule
        self.updatedAt = now
    }
}
