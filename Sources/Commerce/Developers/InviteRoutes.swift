import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Invites, as the operator makes them.
struct InviteRoutes: Sendable {
    private static let listLimit = 100

    let database: any Database
    let service: DeveloperService
    let secrets: SecretBox

    var endpoints: [Endpoint] {
        [
            self.create.endpoint("/v1/invites", tag: DeveloperRoutes.tag, secrets: self.secrets),
            Endpoint(.get, "/v1/invites", tag: DeveloperRoutes.tag, self.list),
        ]
    }

    struct CreateInput: Input {
        let uses: Int
        let days: Int

        init(_ read: inout InputReader) {
            self.uses = read.body(
                "uses",
                .integer,
                default: 1,
                json: 1,
                "How many accounts may show it",
                .range(1...10_000)
            )
            self.days = read.body(
                "expires_in_days",
                .integer,
                default: 30,
                json: 30,
                "How long it is good",
                .range(1...365)
            )
        }
    }

    var create: Creation<CreateInput, Caller, InviteMade> {
        Creation(
            "Make an invite",
            access: .supply,
            refusing: [CommerceProblems.insufficientScope, CommerceProblems.inviteInvalid]
        ) {
            input,
            caller,
            _,
            once in
            let made = InviteMade(code: self.service.newInviteCode(), uses: input.uses)
            try await self.service.createInvite(made.code, uses: made.uses, days: input.days, by: caller.credential) {
                try $0.merchants.scope(of: caller).requireAll()
                try once?.begin(in: $0)
                try once?.keep(201, made, in: $0)
            }
            return made
        }
    }

    var list: Operation<NoInput, InviteList> {
        Operation("List invites", access: .supply) { _, caller, _ in
            let invites = try await self.database.read { tx in
                try tx.merchants.scope(of: caller).requireAll()
                return try tx.developers.listInvites(limit: Self.listLimit)
            }
            return InviteList(invites: invites.map { InviteOutput(invite: $0) })
        }
        .refusing(CommerceProblems.insufficientScope)
    }
}

struct InviteMade: Answer {
    let code: String
    let uses: Int

    static let members: [Member<Self>] = [
        Member("invite_code", \.code, "The code, which is shown once", example: "INV-7K3P-9QXM-2RTV"),
        Member("uses", \.uses, "How many accounts may show it"),
    ]
}

struct InviteOutput: Answer {
    let invite: DeveloperStore.Invite

    static let members: [Member<Self>] = [
        Member("uses_left", \.invite.usesLeft, "How many accounts may still show it"),
        Member("expires_at", { $0.invite.expiresAt.utc }, "Until when it is good"),
        Member("created_at", { $0.invite.createdAt.utc }, "When it was made"),
    ]
}

struct InviteList: Answer {
    let invites: [InviteOutput]

    static let members: [Member<Self>] = [
        Member("count", \.invites.count, "How many there are"),
        Member("invites", \.invites, "Newest first; at most a hundred"),
    ]
}
