import Kernel
import Platform
import Storage
import Web

struct MemberStore {
    let tx: Transaction

    func insert(_ member: ForumMember) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_member (id, identity_id, username, display_name, language, is_moderator, level,
                pinned_level, hides_agents, posts_shown, created_at)
            VALUES (\(member.id), \(member.identity), \(member.username), \(member.displayName),
                \(member.language.rawValue), \(member.isModerator), \(Int64(member.level.rawValue)),
                \(member.pinnedLevel.map { Int64($0.rawValue) }), \(member.hidesAgents), 0, \(member.createdAt))
            """
        )
    }

    func find(_ id: ID<ForumMember>) throws -> ForumMember? {
        try self.tx.row("SELECT \(raw: ForumMember.columns) FROM forum_member WHERE id = \(id)")
    }

    func find(_ identity: ID<Identity>) throws -> ForumMember? {
        try self.tx.row(
            "SELECT \(raw: ForumMember.columns) FROM forum_member WHERE identity_id = \(identity) AND deleted_at IS NULL"
        )
    }

    func find(username: String) throws -> ForumMember? {
        try self.tx.row(
            """
            SELECT \(raw: ForumMember.columns) FROM forum_member
            WHERE id = (SELECT holder FROM forum_username WHERE name_key = \(username.lowercased()))
                AND deleted_at IS NULL
            """
        )
    }

    /// Throws `memberNotFound`.
    func require(_ identity: ID<Identity>) throws -> ForumMember {
        guard let member = try self.find(identity) else { throw ForumProblems.memberNotFound }
        return member
    }

    func update(_ id: ID<ForumMember>, level: TrustLevel, idleSince: Timestamp?) throws {
        try self.tx.execute(
            """
            UPDATE forum_member SET level = \(Int64(level.rawValue)), idle_since = \(idleSince) WHERE id = \(id)
            """
        )
    }

    func update(_ id: ID<ForumMember>, pinnedLevel: TrustLevel?) throws {
        try self.tx.execute(
            "UPDATE forum_member SET pinned_level = \(pinnedLevel.map { Int64($0.rawValue) }) WHERE id = \(id)"
        )
    }

    func update(_ id: ID<ForumMember>, isModerator: Bool) throws {
        try self.tx.execute("UPDATE forum_member SET is_moderator = \(isModerator) WHERE id = \(id)")
    }

    func update(_ id: ID<ForumMember>, displayName: String, language: Language, hidesAgents: Bool) throws {
        try self.tx.execute(
            """
            UPDATE forum_member SET display_name = \(displayName), language = \(language.rawValue),
                hides_agents = \(hidesAgents) WHERE id = \(id)
            """
        )
        try self.tx.invalidate(ThreadTopic.name, "")
    }

    /// Nobody is known by it any more.
    func erase(_ id: ID<ForumMember>) throws {
        try self.tx.execute(
            """
            UPDATE forum_member SET username = 'deleted-member', display_name = '', deleted_at = \(self.tx.now),
                is_moderator = 0 WHERE id = \(id)
            """
        )
        try self.tx.invalidate(ThreadTopic.name, "")
        // Nobody else gets the name, since posts still speak of it.
        try self.tx.execute("UPDATE forum_username SET holder = '' WHERE holder = \(id.text)")
        try self.tx.execute("DELETE FROM forum_visit WHERE member = \(id)")
        try self.tx.execute("DELETE FROM forum_opening WHERE member = \(id)")
        try self.tx.execute("DELETE FROM forum_notice WHERE member = \(id)")
    }

    // MARK: What they have read

    /// The number of the last post that they have seen of a thread; nil when they have not been here today.
    func lastRead(_ id: ID<ForumMember>, of thread: ID<ForumThread>) throws -> Int64? {
        try self.tx.value(
            """
            SELECT o.read_to FROM forum_opening o JOIN forum_visit v ON v.member = o.member
            WHERE o.member = \(id) AND o.thread = \(thread) AND v.day = \(self.tx.now.startOfDay.seconds / 86_400)
            """
        )
    }

    /// They were here, and have seen some posts of a thread, each of which counts once.
    func note(_ id: ID<ForumMember>, read numbers: [Int64], of thread: ID<ForumThread>) throws {
        let known: Int64 =
            try self.tx.value("SELECT read_to FROM forum_opening WHERE member = \(id) AND thread = \(thread)") ?? 0
        let (new, last) = (numbers.count { $0 > known }, max(known, numbers.max() ?? 0))
        try self.tx.execute(
            """
            INSERT INTO forum_visit (member, day) VALUES (\(id), \(self.tx.now.startOfDay.seconds / 86_400))
            ON CONFLICT (member, day) DO NOTHING
            """
        )
        try self.tx.execute(
            """
            INSERT INTO forum_opening (member, thread, opened_at, read_to)
            VALUES (\(id), \(thread), \(self.tx.now), \(last))
            ON CONFLICT (member, thread) DO UPDATE SET read_to = excluded.read_to
            """
        )
        if new > 0 {
            try self.tx.execute("UPDATE forum_member SET posts_shown = posts_shown + \(Int64(new)) WHERE id = \(id)")
        }
    }

    func facts(of member: ForumMember) throws -> TrustFacts {
        let now = self.tx.now
        let recently = now.adding(seconds: -100 * 86_400)
        let count = { (sql: SQL) in try self.tx.value(sql, as: Int.self) ?? 0 }
        let author = member.id.text
        var facts = TrustFacts()
        facts.ageSeconds = now.seconds(since: member.createdAt)
        facts.daysVisited = try count("SELECT COUNT(*) FROM forum_visit WHERE member = \(author)")
        facts.recentDaysVisited = try count(
            "SELECT COUNT(*) FROM forum_visit WHERE member = \(author) AND day >= \(recently.seconds / 86_400)"
        )
        facts.threadsOpened = try count("SELECT COUNT(*) FROM forum_opening WHERE member = \(author)")
        facts.recentThreadsOpened = try count(
            "SELECT COUNT(*) FROM forum_opening WHERE member = \(author) AND opened_at >= \(recently)"
        )
        facts.postsShown = try count("SELECT posts_shown FROM forum_member WHERE id = \(author)")
        let shown: SQL = "author = \(author) AND state IN ('published', 'restored')"
        facts.posts = try count("SELECT COUNT(*) FROM forum_post WHERE \(shown)")
        facts.threadsWithPosts = try count("SELECT COUNT(DISTINCT thread) FROM forum_post WHERE \(shown)")
        facts.recentThreadsAnswered = try count(
            "SELECT COUNT(DISTINCT thread) FROM forum_post WHERE \(shown) AND number > 1 AND created_at >= \(recently)"
        )
        // By what was decided: whoever withdraws the post afterwards has still written it.
        let removed = { (since: Timestamp) in try self.tx.posts.record(of: .member(member.id), since: since).refused }
        facts.removedIn30Days = try removed(now.adding(seconds: -30 * 86_400))
        facts.removedIn90Days = try removed(now.adding(seconds: -90 * 86_400))
        facts.recentRemoved = try removed(recently)
        facts.reportsDecided = try count(
            "SELECT COUNT(*) FROM forum_report WHERE member = \(author) AND outcome IS NOT NULL AND created_at >= \(recently)"
        )
        facts.reportsUpheld = try count(
            "SELECT COUNT(*) FROM forum_report WHERE member = \(author) AND outcome = 'upheld' AND created_at >= \(recently)"
        )
        return facts
    }

    /// Judges the level anew. The member as they stand from now on.
    @discardableResult
    func judge(_ member: ForumMember) throws -> ForumMember {
        let judged = try self.facts(of: member).judge(member.level, idleSince: member.idleSince, now: self.tx.now)
        guard judged.level != member.level || judged.idleSince != member.idleSince else { return member }
        try self.update(member.id, level: judged.level, idleSince: judged.idleSince)
        return try self.find(member.id) ?? member
    }
}

extension Transaction {
    var members: MemberStore { MemberStore(tx: self) }
}
