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

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/v1/invites", tag: DeveloperRoutes.tag, status: .created, self.create),
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

    var create: Operation<CreateInput, InviteMade> {
        Operation("Make an invite", access: .supply, effect: .write) { input, caller, _ in
            InviteMade(
                code: try await self.service.createInvite(uses: input.uses, days: input.days, by: caller.credential),
                uses: input.uses
            )
        }
        .refusing(CommerceProblems.inviteInvalid)
    }

    var list: Operation<NoInput, InviteList> {
        Operation("List invites", access: .supply) { _, _, _ in
            let invites = try await self.database.read { try $0.developers.listInvites(limit: Self.listLimit) }
            return InviteList(invites: invites.map { InviteOutput(invite: $0) })
        }
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
