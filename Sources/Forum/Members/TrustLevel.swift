import Kernel

/// How far a member is trusted: what the account has done raises its limits.
enum TrustLevel: Int, Sendable, Comparable, CaseIterable {
    case new, basic, member, regular

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// What a level allows.
    struct Limits: Sendable {
        /// A day, in UTC.
        let threads: Int
        let replies: Int
        /// A post.
        let links: Int
        let mentions: Int
        let secondsBetweenPosts: Int64
        /// For how long a post may be edited; nil for ever.
        let editSeconds: Int64?
        /// Of a report, in tenths.
        let reportWeight: Int64
        let reports: Int
    }

    var limits: Limits {
        switch self {
        case .new:
            Limits(
                threads: 3,
                replies: 10,
                links: 2,
                mentions: 2,
                secondsBetweenPosts: 30,
                editSeconds: 86_400,
                reportWeight: 5,
                reports: 5
            )
        case .basic:
            Limits(
                threads: 10,
                replies: 50,
                links: 10,
                mentions: 10,
                secondsBetweenPosts: 10,
                editSeconds: 30 * 86_400,
                reportWeight: 10,
                reports: 10
            )
        case .member:
            Limits(
                threads: 20,
                replies: 200,
                links: 20,
                mentions: 20,
                secondsBetweenPosts: 5,
                editSeconds: nil,
                reportWeight: 15,
                reports: 20
            )
        case .regular:
            Limits(
                threads: 50,
                replies: 500,
                links: 40,
                mentions: 20,
                secondsBetweenPosts: 5,
                editSeconds: nil,
                reportWeight: 20,
                reports: 40
            )
        }
    }
}

/// What an account has done, by which its level is judged.
struct TrustFacts: Sendable {
    var ageSeconds: Int64 = 0
    var daysVisited = 0
    var threadsOpened = 0
    var postsShown = 0
    var posts = 0
    var threadsWithPosts = 0
    var removedIn30Days = 0
    var removedIn90Days = 0
    // Of the last 100 days.
    var recentDaysVisited = 0
    var recentThreadsAnswered = 0
    var recentThreadsOpened = 0
    var recentRemoved = 0
    var reportsDecided = 0
    var reportsUpheld = 0

    private static let graceSeconds: Int64 = 14 * 86_400
    private static let day: Int64 = 86_400

    /// The level that the facts give, apart from a regular's activity.
    private var reached: TrustLevel {
        let isBasic =
            self.ageSeconds >= Self.day && self.threadsOpened >= 5 && self.postsShown >= 30 && self.posts >= 1
            && self.removedIn30Days == 0
        guard isBasic else { return .new }
        let isMember =
            self.daysVisited >= 15 && self.threadsOpened >= 20 && self.postsShown >= 100 && self.posts >= 10
            && self.threadsWithPosts >= 3 && self.removedIn90Days <= 1
        guard isMember else { return .basic }
        let isReliable =
            self.recentRemoved == 0 && (self.reportsDecided < 5 || 2 * self.reportsUpheld >= self.reportsDecided)
        return isReliable ? .regular : .member
    }

    private var isActive: Bool {
        self.recentDaysVisited >= 50 && self.recentThreadsAnswered >= 10 && self.recentThreadsOpened >= 100
    }

    /// The level from now on, and since when a regular is idle: their activity has a fortnight to come back.
    func judge(_ present: TrustLevel, idleSince: Timestamp?, now: Timestamp) -> (
        level: TrustLevel, idleSince: Timestamp?
    ) {
        let reached = self.reached
        guard reached == .regular else { return (reached, nil) }
        if self.isActive { return (.regular, nil) }
        guard present == .regular else { return (.member, nil) }
        let since = idleSince ?? now
        return now.seconds(since: since) >= Self.graceSeconds ? (.member, nil) : (.regular, since)
    }
}
