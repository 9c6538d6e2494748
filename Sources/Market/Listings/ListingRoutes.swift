import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Search
import Storage
import Web

struct ListingRoutes: Sendable {
    let service: ListingService
    let cache: ListingCache
    let find: Search

    private static let tag = "Service Registry"

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/api/v1/services", tag: Self.tag, status: .created, self.register),
            Endpoint(.get, "/api/v1/services", tag: Self.tag, self.list),
            Endpoint(.get, "/api/v1/services/{service_id}", tag: Self.tag, self.get),
            Endpoint(.patch, "/api/v1/services/{service_id}", tag: Self.tag, self.update),
            Endpoint(.delete, "/api/v1/services/{service_id}", tag: Self.tag, self.remove),
        ]
    }

    var register: Operation<RegisterService, Written<ServiceOutput>> {
        Operation("Register a service", access: .provider, effect: .write) { input, caller, call in
            let listing = try await self.service.register(input.draft, by: caller, trace: call.trace)
            return try await self.cache.show(listing.id).json
        }
        .refusing(MarketProblems.privateEndpoint)
    }

    var list: Operation<ListServices, ServiceList> {
        Operation("List services", access: .open) { input, call in
            let query = input.query
            let found = self.find.answer(query.search)
            let services = try await self.cache.list(found.hits.map { ID($0.id) })
            return ServiceList(
                services: services.map(\.json),
                count: services.count,
                offset: query.offset,
                limit: query.limit
            )
        }
    }

    /// Answers the bytes that the cache holds.
    var get: Operation<ServicePath, Written<ServiceOutput>> {
        Operation("Get a service", access: .open) { input, call in
            try await self.cache.show(ID(input.id)).json
        }
        .refusing(MarketProblems.serviceNotFound)
    }

    var update: Operation<UpdateService, Written<ServiceOutput>> {
        Operation("Update a service", access: .provider, effect: .write) { input, caller, call in
            let updated = try await self.service.update(
                ID(input.id),
                input.change,
                by: caller,
                trace: call.trace
            )
            return try await self.cache.show(updated.id).json
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.onlyOwnerUpdates, MarketProblems.serviceRemoved)
        .refusing(MarketProblems.pausedByOperator("complaints"))
    }

    var remove: Operation<ServicePath, ServiceRemoved> {
        Operation("Remove a service", access: .provider, effect: .write) { input, caller, call in
            try await self.service.remove(ID(input.id), by: caller, trace: call.trace)
            return ServiceRemoved(status: "removed", id: input.id)
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.onlyOwnerRemoves)
    }
}

struct ServicePath: Input {
    let id: String
    init(_ read: inout InputReader) { self.id = read.path("service_id", "The service") }
}

struct RegisterService: Input {
    let draft: ListingService.Draft

    init(_ read: inout InputReader) {
        let name = read.body("name", .string, "Service name", rules: ListingRules.name)
        let description = read.body(
            "description",
            .string,
            default: "",
            json: "",
            "Service description",
            ListingRules.description
        )
        let endpoint = read.body(
            "endpoint",
            .string,
            "Provider's API URL (https:// or http://); never public",
            ListingRules.endpoint
        )
        let price = read.body(
            "price_per_call",
            .string,
            "Price of a call in USDC, such as \"0.05\"",
            rules: ListingRules.price
        )
        let category = read.body("category", .string, default: "", json: "", "Category", rules: ListingRules.category)
        let tags = read.body("tags", .strings, default: [], json: [], "Searchable tags", rules: ListingRules.tags)
        let method = read.body(
            "payment_method",
            .string,
            default: "x402",
            json: "x402",
            "x402, paypal or nowpayments",
            ListingRules.paymentMethod
        )
        let freeTierCalls = read.body(
            "free_tier_calls",
            .integer,
            default: 0,
            json: 0,
            "Free calls for each buyer",
            ListingRules.freeTierCalls
        )
        let timeout = read.body(
            "timeout_seconds",
            .integer,
            default: 30,
            json: 30,
            "Seconds to wait for the first byte of an answer",
            ListingRules.timeout
        )
        self.draft = ListingService.Draft(
            name: name.trimmed,
            description: description,
            endpoint: endpoint,
            price: ListingRules.price(price),
            paymentMethod: PaymentMethod(rawValue: method) ?? .x402,
            freeTierCalls: freeTierCalls,
            timeoutSeconds: timeout,
            category: category,
            tags: tags,
            chargeRule: read.chargeRule() ?? .belowServerErrors,
            interface: InterfaceSource(&read)
        )
    }
}

extension InputReader {
    fileprivate mutating func chargeRule() -> ChargeRule? {
        self.optionalBody(
            "charged_for",
            .string,
            "below_500 (every answer below 500, the default) or success (2xx and 3xx alone)",
            .oneOf(ChargeRule.allCases.map(\.rawValue))
        ).flatMap { ChargeRule(rawValue: $0) }
    }
}

struct UpdateService: Input {
    let id: String
    let change: ListingService.Change

    init(_ read: inout InputReader) {
        self.id = read.path("service_id", "The service")
        let price = read.optionalBody("price_per_call", .string, "New price", rules: ListingRules.price)
        let status = read.optionalBody("status", .string, "active, paused or removed", ListingRules.status)
        self.change = ListingService.Change(
            name: read.optionalBody("name", .string, "New name", rules: ListingRules.name)?.trimmed,
            description: read.optionalBody("description", .string, "New description", ListingRules.description),
            endpoint: read.optionalBody("endpoint", .string, "New endpoint URL", ListingRules.endpoint),
            price: price.map { ListingRules.price($0) },
            timeoutSeconds: read.optionalBody("timeout_seconds", .integer, "New time-out", ListingRules.timeout),
            status: status.flatMap { Listing.Status(rawValue: $0) },
            category: read.optionalBody("category", .string, "New category", rules: ListingRules.category),
            tags: read.optionalBody("tags", .strings, "New tags", rules: ListingRules.tags),
            chargeRule: read.chargeRule(),
            interface: InterfaceSource(&read)
        )
    }
}

struct ListServices: Input {
    let query: ListingQuery

    init(_ read: inout InputReader) {
        var query = ListingQuery(limit: read.pageLimit(default: 50), offset: read.pageOffset())
        query.text = read.query("query", .string, "Text search in name, tags and description")
        query.category = read.query("category", .string, "Filter by category")
        let status = read.query(
            "status",
            .string,
            default: "active",
            json: "active",
            "active, paused or removed",
            ListingRules.status
        )
        query.status = Listing.Status(rawValue: status) ?? .active
        if query.text != nil { query.sort = .relevance }
        self.query = query
    }
}

struct ServiceList: ExampleAnswer {
    let services: [Written<ServiceOutput>]
    let count: Int
    let offset: Int
    let limit: Int

    static let members: [Member<Self>] = [
        Member("services", \.services, "What was found"),
        Member("count", \.count, "How many stand here"),
        Member("offset", \.offset, "How many were skipped"),
        Member("limit", \.limit, "How many stand here at most"),
    ]

    static let example = ServiceList(services: [Written(.example)], count: 1, offset: 0, limit: 50)
}

struct ServiceRemoved: ExampleAnswer {
    let status: String
    let id: String

    static let members: [Member<Self>] = [
        Member("status", \.status, "removed"),
        Member("id", \.id, "The service"),
    ]
    static let example = ServiceRemoved(status: "removed", id: "550e8400-e29b-41d4-a716-446655440000")
}
