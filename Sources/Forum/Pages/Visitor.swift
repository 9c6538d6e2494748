import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Somebody who is signed in and looks at the forum.
struct Visitor: Sendable {
    let session: Sessions.Session
    /// Nil for partners and operators.
    let member: ForumMember?
    var caller: Caller { self.session.caller }

    var name: String { self.member?.displayName ?? self.caller.name }

    /// Where their own work is, with the word for it.
    var places: [(word: String, path: String)] {
        switch ForumRole(self.caller.role) {
        case .partner: [("dashboard", "/partners")]
        case .operator: [("moderation", "/moderation"), ("operation", "/operator/partners")]
        case .moderator: [("moderation", "/moderation"), ("my_account", "/account")]
        default: [("my_account", "/account")]
        }
    }
}

struct Visitors: Sendable {
    let sessions: Sessions
    let database: any Database

    /// Nil for nobody.
    func find(_ request: Request) async throws -> Visitor? {
        guard let session = try await self.sessions.find(request, surface: ForumContract.name) else { return nil }
        let member = try await self.database.read { try $0.members.find(session.caller.identity) }
        return Visitor(session: session, member: member)
    }
}
