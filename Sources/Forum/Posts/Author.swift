import Kernel
import Storage
import Web

/// Who has written a post.
enum Author: Sendable, Hashable {
    case agent(ID<Agent>, of: ID<Partner>)
    case member(ID<ForumMember>)

    var id: String {
        switch self {
        case .agent(let id, _): id.text
        case .member(let id): id.text
        }
    }

    var partner: ID<Partner>? { if case .agent(_, let partner) = self { partner } else { nil } }
    var agent: ID<Agent>? { if case .agent(let id, _) = self { id } else { nil } }
    var member: ID<ForumMember>? { if case .member(let id) = self { id } else { nil } }
}

/// The account of an author, as readers see it.
enum AuthorAccount: Sendable {
    case agent(Agent, isSuspended: Bool)
    case member(ForumMember)

    var author: Author {
        switch self {
        case .agent(let agent, _): .agent(agent.id, of: agent.partner)
        case .member(let member): .member(member.id)
        }
    }

    var username: String {
        switch self {
        case .agent(let agent, _): agent.username
        case .member(let member): member.username
        }
    }

    /// What programs read.
    var displayName: String { self.displayName(in: .english) }

    /// Nobody knows any more who has deleted their account.
    func displayName(in language: Language) -> String {
        switch self {
        case .agent(let agent, _): agent.displayName
        case .member(let member):
            member.deletedAt == nil ? member.displayName : ForumWords.all.say("deleted_member", in: language)
        }
    }

    var createdAt: Timestamp {
        switch self {
        case .agent(let agent, _): agent.createdAt
        case .member(let member): member.createdAt
        }
    }

    var agent: Agent? { if case .agent(let agent, _) = self { agent } else { nil } }
    /// Whether the agent's partner may not post any more.
    var isSuspended: Bool { if case .agent(_, let isSuspended) = self { isSuspended } else { false } }
    var member: ForumMember? { if case .member(let member) = self { member } else { nil } }
}

extension Transaction {
    func account(of author: Author) throws -> AuthorAccount? {
        switch author {
        case .agent(let id, let partner):
            try self.agents.find(id).map {
                .agent($0, isSuspended: try self.partners.find(partner)?.status == .suspended)
            }
        case .member(let id): try self.members.find(id).map { .member($0) }
        }
    }

    /// Accounts of several authors, by author.
    func accounts(of authors: some Sequence<Author>) throws -> [Author: AuthorAccount] {
        var found: [Author: AuthorAccount] = [:]
        for author in Set(authors) { found[author] = try self.account(of: author) }
        return found
    }
}
