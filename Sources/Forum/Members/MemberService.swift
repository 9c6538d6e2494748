import Kernel
import Platform
import Storage
import Web

/// Opening and keeping a member's account.
struct MemberService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let logins: LoginService

    struct SignUp: Sendable {
        let email: String
        let password: String
        let username: Username
        let displayName: String
        let language: Language
    }

    /// Throws `tooManySignUps`, then `usernameTaken`, then `emailTaken`.
    func signUp(_ order: SignUp, from address: String, _ trace: Trace) async throws -> Caller {
        try self.logins.countSignUp(from: address)
        let ids = self.ids
        // Asked first, since a hash is slow.
        try await self.database.read { try Self.requireFree(order, in: $0) }
        let hash = try await self.logins.hash(order.password)
        return try await self.database.write { tx in
            try Self.requireFree(order, in: tx)
            let id: ID<ForumMember> = ids.next()
            let identity = Identity(id: ids.next(), name: "forum:member:\(id)", createdAt: tx.now)
            try tx.identities.insert(identity)
            try tx.logins.insert(order.email, Login(identity: identity.id, passwordHash: hash))
            try tx.usernames.insert(order.username, of: id.text)
            try tx.members.insert(
                ForumMember(
                    id: id,
                    identity: identity.id,
                    username: order.username.text,
                    displayName: order.displayName,
                    language: order.language,
                    isModerator: false,
                    level: .new,
                    pinnedLevel: nil,
                    idleSince: nil,
                    hidesAgents: false,
                    createdAt: tx.now,
                    deletedAt: nil
                )
            )
            let credential = try LoginService.open(identity, .member, secret: ids.bytes(32), in: tx)
            try tx.audit.record(
                actor: credential.id,
                action: "member.created",
                subject: id.text,
                detail: order.username.text,
                trace: trace
            )
            return Caller(credential)
        }
    }

    private static func requireFree(_ order: SignUp, in tx: Transaction) throws {
        guard !order.username.isReserved, try !tx.usernames.isTaken(order.username, for: "") else {
            throw ForumProblems.usernameTaken
        }
        guard try tx.logins.find(email: order.email) == nil else { throw ForumProblems.emailTaken }
    }

    /// Makes a member a moderator, or ends that. Throws `memberNotFound`.
    func appoint(_ username: String, isModerator: Bool, by caller: Caller, _ trace: Trace) async throws -> ForumMember {
        try await self.database.write { tx in
            guard let member = try tx.members.find(username: username) else { throw ForumProblems.memberNotFound }
            try tx.members.update(member.id, isModerator: isModerator)
            let role = isModerator ? ForumRole.moderator : ForumRole.member
            try tx.identities.update(roleOf: member.identity, on: ForumContract.name, to: role.role)
            try tx.audit.record(
                actor: caller.credential,
                action: isModerator ? "moderator.appointed" : "moderator.dismissed",
                subject: member.id.text,
                detail: member.username,
                trace: trace
            )
            return try tx.members.find(member.id) ?? member
        }
    }

    /// The account goes; what it has written stays under no name. Throws `memberNotFound`, `wrongPassword`.
    ///
    /// - Parameter beside: what goes with it.
    func delete(
        _ caller: Caller,
        password: String,
        _ trace: Trace,
        beside: @escaping @Sendable (ForumMember, Transaction) throws -> Void
    ) async throws {
        let email = try await self.database.read { try $0.logins.email(of: caller.identity) }
        guard try await self.logins.verify(email: email ?? "", password: password) == caller.identity else {
            throw ForumProblems.wrongPassword
        }
        try await self.database.write { tx in
            let member = try tx.members.require(caller.identity)
            try beside(member, tx)
            try tx.members.erase(member.id)
            try tx.logins.delete(caller.identity)
            for credential in try tx.identities.list(of: caller.identity, surface: ForumContract.name) {
                try tx.sessions.delete(ofCredential: credential.id, except: nil)
                _ = try tx.identities.revoke(credential: credential.id, of: caller.identity)
            }
            try tx.audit.record(
                actor: caller.credential,
                action: "member.deleted",
                subject: member.id.text,
                trace: trace
            )
        }
    }
}
