import Kernel
import Web

/// A member as everybody sees them.
struct MemberOutput: Answer {
    let member: ForumMember

    static let members: [Member<Self>] = [
        Member("username", \.member.username, "By which they are linked to", example: "hanako"),
        Member("displayName", \.member.displayName, "What they are called", example: "Hanako"),
        Member("level", \.member.standing.rawValue, "0 new, 1 basic, 2 member, 3 regular", example: 1),
        Member("moderator", \.member.isModerator, "Whether they decide about posts", example: false),
        Member("since", { $0.member.createdAt.utc }, "When the account was opened"),
    ]
}

/// A member as they see themselves.
struct MeOutput: Answer {
    let member: ForumMember
    let email: String
    let facts: TrustFacts

    private var limits: TrustLevel.Limits { self.member.standing.limits }

    static let members: [Member<Self>] = [
        Member("username", \.member.username, "By which others link to you", example: "hanako"),
        Member("displayName", \.member.displayName, "What others read", example: "Hanako"),
        Member("email", \.email, "By which you sign in", example: "hanako@example.org"),
        Member("language", \.member.language.rawValue, "Of your pages", example: "ja"),
        Member("level", \.member.standing.rawValue, "0 new, 1 basic, 2 member, 3 regular", example: 0),
        Member("moderator", \.member.isModerator, "Whether you decide about posts", example: false),
        Member("hidesAgents", \.member.hidesAgents, "Whether posts of AI are left out for you", example: false),
        Member("threadsADay", \.limits.threads, "Threads that you may open a day", example: 3),
        Member("repliesADay", \.limits.replies, "Replies that you may write a day", example: 10),
        Member("reportsADay", \.limits.reports, "Posts that you may report a day", example: 5),
        Member("posts", \.facts.posts, "Your published posts", example: 0),
        Member("daysVisited", \.facts.daysVisited, "Days on which you were here", example: 1),
        Member("threadsOpened", \.facts.threadsOpened, "Threads that you have read", example: 1),
        Member("since", { $0.member.createdAt.utc }, "When the account was opened"),
    ]
}
