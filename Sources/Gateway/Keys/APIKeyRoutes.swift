import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// Keys of a tenant: shown once, listed masked, revoked at once.
struct APIKeyRoutes: Sendable {
    static let tag = "API keys"

    let database: any Database
    let service: APIKeyService
    let tenants: TenantDirectory
    let actors: ActorReader
    let secrets: SecretBox

    var endpoints: [Endpoint] {
        [
            self.listEndpoint, self.create.endpoint("/v1/api-keys", tag: Self.tag, secrets: self.secrets),
            Endpoint(.delete, "/v1/api-keys/{id}", tag: Self.tag, self.revoke),
            Endpoint(.post, "/v1/api-keys/{id}/revoke", tag: Self.tag, self.revoke).deprecated(),
        ]
    }

    // MARK: List

    /// A bare array, as its clients expect it.
    private var listEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/v1/api-keys",
            "List keys, masked",
            tag: Self.tag,
            access: .scope(.admin, .provision),
            inputs: InputReader.describe(ListInput.self),
            answers: [
                AnswerDescription(status: .ok, summary: "Success", of: [APIKeyOutput].self)
                    .saying(["X-Total-Count": "How many keys there are"])
            ]
        ) { (caller: Caller, call: Call) in
            let actor = try await self.actors.actor(caller, call)
            let input: ListInput = try await call.readQuery()
            let listed = try await self.keys(actor, input.page)
            let output = listed.items.map { APIKeyOutput(key: $0) }
            var response = Response(status: .ok, jsonBytes: ByteBuffer(bytes: [APIKeyOutput].shape.bytes(of: output)))
            response.headers[HTTPField.Name("X-Total-Count")!] = "\(listed.total)"
            return response
        }.refusing(ActorReader.refusals)
    }

    struct ListInput: Input {
        let page: ListPage
        init(_ read: inout InputReader) { self.page = ListPage(&read) }
    }

    /// For the pages.
    var list: Operation<ListInput, KeyList> {
        .acting("List keys, masked", needs: .scope(.admin, .provision), by: self.actors) { input, actor, _ in
            let listed = try await self.keys(actor, input.page)
            return KeyList(keys: listed.items.map { APIKeyOutput(key: $0) }, total: listed.total)
        }
    }

    struct KeyList: Answer {
        let keys: [APIKeyOutput]
        let total: Int
        static let members: [Member<Self>] = [
            Member("keys", \.keys, "Newest first, revoked ones last"), Member("total", \.total, "How many there are"),
        ]
    }

    /// Whoever only provisions sees what it has made.
    private func keys(_ actor: GatewayActor, _ page: ListPage) async throws -> Listed<APIKey> {
        let maker = actor.isAdmin ? nil : actor.key?.id
        return try await self.database.read { try $0.apiKeys.list(of: actor.tenant.id, madeBy: maker, page) }
    }

    // MARK: Create

    struct CreateInput: Input {
        let order: APIKey.Order
        let scopes: [String]
        let tenant: String?

        init(_ read: inout InputReader) {
            let name = read.body("name", .string, "As people call it", .notBlank(), .line(), .atMost(100))
            self.scopes = read.body(
                "scopes",
                .strings,
                "What it may do",
                Rule(
                    FieldRule("at_least_one"),
                    schema: [
                        "minItems": 1, "items": ["type": "string", "enum": .strings(Scope.allCases.map(\.rawValue))],
                    ]
                ) { !$0.isEmpty }
            )
            let owner = read.optionalBody("owner_id", .string, "The user that it is bound to", .userName)
            let expires = read.optionalBody(
                "expires_in",
                .integer,
                "Seconds until it ends; null for a key without an end",
                .range(60...315_360_000)
            )
            let budget = read.optionalBody(
                "budget_monthly_cents",
                .integer,
                "What models may cost it a month, in US cents",
                .range(0...100_000_000)
            )
            let limit = read.optionalBody("rate_limit_rpm", .integer, "Requests a minute", .range(0...1_000_000))
            let agents = read.optionalBody("agents", .strings, "Keys of the agents that alone it may run", .slugs)
            self.tenant = read.optionalBody(
                "tenant_id",
                .string,
                "The tenant; for the gateway token alone",
                .atMost(64)
            )
            self.order = APIKey.Order(
                name: name.trimmed,
                scopes: Scopes(self.scopes.compactMap { Scope(rawValue: $0) }),
                owner: owner,
                agents: agents ?? [],
                rateLimit: limit ?? 0,
                expiresIn: expires,
                monthlyBudget: budget.map { Dollars(cents: $0) }
            )
        }
    }

    var create: GatewayCreation<CreateInput, CreatedKey> {
        GatewayCreation(
            summary: "Make a key, which is shown this once",
            access: .scope(.admin, .provision),
            actors: self.actors,
            refusals: [
                GatewayProblems.scopeInvalid("x"), GatewayProblems.tokenRequired, GatewayProblems.tenantNotFound,
                GatewayProblems.keyOwnerReserved, GatewayProblems.keyBeyondOwn, GatewayProblems.keyAgentUnknown("x"),
                GatewayProblems.alreadyMade("id"),
            ]
        ) { input, actor, _, once in
            for name in input.scopes where Scope(rawValue: name) == nil { throw GatewayProblems.scopeInvalid(name) }
            var tenant = actor.tenant
            if let wanted = input.tenant, wanted != tenant.id.text, wanted != tenant.slug {
                guard actor.key == nil else { throw GatewayProblems.tokenRequired }
                tenant = try await self.tenants.require(wanted)
            }
            let order = try await self.naming(
                agentsOf: try self.limited(input.order, actor),
                input.order.agents,
                tenant
            )
            let service = self.service
            do {
                let made = try await service.create(
                    order,
                    for: tenant,
                    by: actor.activity,
                    maker: actor.key,
                    first: { tx in try once?.begin(in: tx) },
                    last: { made, tx in try once?.keep(201, MadeBefore(id: made.key.id.text), in: tx) }
                )
                return CreatedKey(made: made)
            } catch let repeated as Repetition.Repeated {
                // Its answer held a secret, which is shown once.
                let id = (try? JSON.read(repeated.known.body))?["id"]?.string ?? ""
                throw GatewayProblems.alreadyMade(id)
            }
        }
    }

    /// Never more than the caller's own key has. Throws `keyBeyondOwn`, `keyOwnerReserved`.
    private func limited(_ order: APIKey.Order, _ actor: GatewayActor) throws -> APIKey.Order {
        if let owner = order.owner, self.service.owners.contains(owner), actor.key != nil {
            throw GatewayProblems.keyOwnerReserved
        }
        let wanted = order.scopes.all
        let own = actor.scopes.all
        if !actor.isAdmin {
            let isProvisioned = wanted.isSubset(of: [.read, .write]) && order.owner != nil
            guard isProvisioned, own.contains(.provision) || wanted.isSubset(of: own) else {
                throw GatewayProblems.keyBeyondOwn
            }
        }
        guard let key = actor.key else { return order }
        var order = order
        if !key.agents.isEmpty {
            guard order.agents.allSatisfy(key.agents.contains) else { throw GatewayProblems.keyBeyondOwn }
            if order.agents.isEmpty { order.agents = key.agents }
        }
        if key.rateLimit > 0 {
            guard order.rateLimit <= key.rateLimit else { throw GatewayProblems.keyBeyondOwn }
            if order.rateLimit == 0 { order.rateLimit = key.rateLimit }
        }
        if let end = key.expiresAt {
            let own = max(60, Int(end.seconds - self.actors.clock.now().seconds))
            guard order.expiresIn ?? 0 <= own else { throw GatewayProblems.keyBeyondOwn }
            if order.expiresIn == nil { order.expiresIn = own }
        }
        if let owner = key.owner {
            guard order.owner == nil || order.owner == owner else { throw GatewayProblems.keyBeyondOwn }
            order.owner = owner
        }
        return order
    }

    /// The agents that the request names are the tenant's, and are kept by their keys. Throws `keyAgentUnknown`.
    private func naming(agentsOf order: APIKey.Order, _ named: [String], _ tenant: Tenant) async throws -> APIKey.Order
    {
        guard !named.isEmpty else { return order }
        var order = order
        order.agents = try await self.database.read { tx in
            try named.map { name in
                guard let agent = try tx.agents.find(name, of: tenant.id) else {
                    throw GatewayProblems.keyAgentUnknown(name)
                }
                return agent.key
            }
        }
        return order
    }

    // MARK: Revoke

    struct KeyPath: Input {
        let id: ID<APIKey>
        init(_ read: inout InputReader) { self.id = ID(read.path("id", "The key").lowercased()) }
    }

    var revoke: Operation<KeyPath, StatusOutput> {
        .acting("Revoke a key", needs: .scope(.admin, .provision), effect: .write, by: self.actors) { input, actor, _ in
            let maker = actor.isAdmin ? nil : actor.key?.id
            try await self.service.revoke(input.id, of: actor.tenant, madeBy: maker, by: actor.activity)
            return StatusOutput(status: "revoked")
        }.refusing(GatewayProblems.keyNotFound)
    }
}

/// A key as it is listed: never with its secret.
struct APIKeyOutput: Answer {
    let key: APIKey

    static let members: [Member<Self>] = [
        Member("id", \.key.id, "The key"), Member("tenant_id", \.key.tenant, "The tenant"),
        Member("name", \.key.name, "As people call it"),
        Member("prefix", \.key.shown, "Its first characters", example: "goclaw_a1b2c3d4"),
        Member("scopes", \.key.scopes.names, "What it may do", example: ["operator.read"]),
        Member("owner_id", \.key.owner, "The user that it is bound to"),
        Member("agents", \.key.agents, "Keys of the agents that alone it may run; none for all"),
        Member("rate_limit_rpm", \.key.rateLimit, "Requests a minute; 0 for any"),
        Member("expires_at", { $0.key.expiresAt.map(Moment.init) }, "When it ends"),
        Member("last_used_at", { $0.key.lastUsedAt.map(Moment.init) }, "When it was used last"),
        Member("revoked", { $0.key.revokedAt != nil }, "Whether it was revoked", example: false),
        Member("created_by", \.key.createdBy, "Who has made it"),
        Member("created_at", { Moment($0.key.createdAt) }, "When it was made"),
        Member("updated_at", { Moment($0.key.updatedAt) }, "When it was changed last"),
    ]
}

struct CreatedKey: Answer {
    let made: APIKeyService.Made

    static let members: [Member<Self>] =
        Member.all(of: { APIKeyOutput(key: $0.made.key) }) + [
            Member(
                "key",
                \.made.secret,
                "The key itself, shown this once",
                example: "goclaw_0123456789abcdef0123456789abcdef"
            )
        ]
}

/// What is kept of an answer that held a secret.
private struct MadeBefore: Answer {
    let id: String
    static let members: [Member<Self>] = [Member("id", \.id, "What was made")]
}

extension Rule where Value == String {
    static var userName: Rule {
        Rule(FieldRule("user_name"), schema: ["minLength": 1, "maxLength": 255]) { UserName.isValid($0) }
    }
}

extension Rule where Value == [String] {
    static var slugs: Rule {
        Rule(
            FieldRule("slugs"),
            schema: ["maxItems": 100, "items": ["type": "string", "pattern": .string(Slug.pattern), "maxLength": 64]]
        ) { $0.count <= 100 && $0.allSatisfy(Slug.isSlug) }
    }
}
