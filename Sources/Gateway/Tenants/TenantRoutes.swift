import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Tenants, for the gateway token alone.
struct TenantRoutes: Sendable {
    static let tag = "Tenants"

    let database: any Database
    let actors: ActorReader
    let secrets: SecretBox
    /// Opens a tenant of a slug and a name. Throws `tenantExists`.
    let open: @Sendable (_ slug: String, _ name: String, GatewayActor, Transaction) throws -> Tenant

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/tenants", tag: Self.tag, self.list),
            self.create.endpoint("/v1/tenants", tag: Self.tag, secrets: self.secrets),
        ]
    }

    private static func requireToken(_ actor: GatewayActor) throws {
        guard actor.key == nil else { throw GatewayProblems.tokenRequired }
    }

    var list: Operation<NoInput, TenantList> {
        .acting("List tenants", needs: .scope(.admin), by: self.actors) { _, actor, _ in
            try Self.requireToken(actor)
            return TenantList(
                tenants: try await self.database.read { try $0.tenants.list() }.map { TenantOutput(tenant: $0) }
            )
        }.refusing(GatewayProblems.tokenRequired)
    }

    struct CreateInput: Input {
        let slug: String
        let name: String

        init(_ read: inout InputReader) {
            self.slug = read.body(
                "slug",
                .string,
                "Its name in headers: a-z, 0-9 and hyphens",
                Rule(FieldRule("slug"), schema: ["pattern": .string(Slug.pattern), "maxLength": .int(Slug.limit)]) {
                    Slug.isSlug($0) && !Slug.isUUID($0)
                }
            )
            self.name =
                read.optionalBody("name", .string, "As people call it", .line(canBeBlank: true), .atMost(255)) ?? ""
        }
    }

    var create: GatewayCreation<CreateInput, TenantOutput> {
        GatewayCreation(
            summary: "Open a tenant",
            access: .scope(.admin),
            actors: self.actors,
            refusals: [GatewayProblems.tokenRequired, GatewayProblems.tenantExists]
        ) { input, actor, _, once in
            try Self.requireToken(actor)
            return try await self.database.write { tx in
                try once?.begin(in: tx)
                let output = TenantOutput(tenant: try self.open(input.slug, input.name, actor, tx))
                try once?.keep(201, output, in: tx)
                return output
            }
        }
    }
}

struct TenantOutput: Answer {
    let tenant: Tenant
    static let members: [Member<Self>] = [
        Member("id", \.tenant.id, "The tenant"),
        Member("slug", \.tenant.slug, "Its name in headers", example: "master"),
        Member("name", \.tenant.name, "As people call it", example: "Master"),
        Member("created_at", { Moment($0.tenant.createdAt) }, "When it was opened"),
    ]
}

struct TenantList: Answer {
    let tenants: [TenantOutput]
    static let members: [Member<Self>] = [
        Member("tenants", \.tenants, "Oldest first"), Member("total", \.tenants.count, "How many there are"),
    ]
}
