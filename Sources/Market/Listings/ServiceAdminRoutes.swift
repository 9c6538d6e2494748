import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The operator takes a service off the market for a while, and says why.
struct ServiceAdminRoutes: Sendable {
    let database: any Database
    let service: ListingService

    private static let one = "/api/v1/admin/services/{service_id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/admin/services", tag: "Admin", self.list),
            Endpoint(.post, Self.one + "/pause", tag: "Admin", self.pause),
            Endpoint(.post, Self.one + "/resume", tag: "Admin", self.resume),
        ]
    }

    var list: Operation<AdminServiceQuery, CursorList<AdminService>> {
        Operation("Services of all providers", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                let page = try tx.listings.list(
                    input.text,
                    input.status,
                    after: input.paging.cursor,
                    limit: input.paging.limit
                )
                return CursorList(page, AdminService.init)
            }
        }
    }

    var pause: Operation<PauseService, AdminService> {
        Operation("Pause a service", access: .admin, effect: .write) { input, caller, call in
            let paused = try await self.service.pause(input.id, reason: input.reason, by: caller, trace: call.trace)
            return AdminService(listing: paused)
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.serviceRemoved)
    }

    var resume: Operation<ServicePath, AdminService> {
        Operation("Let a service go on", access: .admin, effect: .write) { input, caller, call in
            AdminService(listing: try await self.service.resume(ID(input.id), by: caller, trace: call.trace))
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.serviceRemoved)
    }
}

struct AdminServiceQuery: Input {
    let text: String
    let status: Listing.Status?
    let paging: CursorPaging

    init(_ read: inout InputReader) {
        self.text = read.query(
            "q",
            .string,
            default: "",
            json: "",
            "A part of the name or of the provider's",
            .atMost(100)
        )
        let status = read.query("status", .string, "active, paused or removed; without it all", ListingRules.status)
        self.status = status.flatMap { Listing.Status(rawValue: $0) }
        self.paging = CursorPaging(&read, default: 50)
    }
}

struct PauseService: Input {
    let id: ID<Listing>
    let reason: String

    init(_ read: inout InputReader) {
        self.id = ID(read.path("service_id", "The service"))
        self.reason = read.body(
            "reason",
            .string,
            "Why; its provider reads it",
            rules: [.notBlank(of: "reason"), .line(of: "reason"), .atMost(500, of: "reason")]
        )
    }
}

struct AdminService: Listed, ExampleAnswer {
    let listing: Listing

    static let listName = "services"
    static let listSummary = "The newest first"

    static let members: [Member<Self>] = [
        Member("service_id", \.listing.id, "The service"),
        Member("name", \.listing.name, "Its name"),
        Member("provider_id", \.listing.providerName, "Who offers it"),
        Member("status", \.listing.status, "Its state"),
        Member("paused_reason", \.listing.pausedReason, "Why the operator has paused it; null unless they have"),
        Member("price_per_call", \.listing.price.text, "Price of a call", unit: "USDC"),
        Member("created_at", \.listing.createdAt, "When it was listed"),
    ]

    static let example = AdminService(listing: .example)
}
