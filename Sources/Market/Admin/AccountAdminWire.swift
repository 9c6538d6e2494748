import Kernel
import Platform
import Web

// The wire types of accounts, keys and the audit log.

struct AccountQuery: Input {
    static let surfaces = ["market", "affiliate", "commerce", "gateway", "forum"]

    let filter: AccountAdminStore.Filter
    let paging: CursorPaging

    init(_ read: inout InputReader) {
        var filter = AccountAdminStore.Filter()
        filter.text = read.query("q", .string, default: "", json: "", "A part of the name", .atMost(100))
        let state = read.query(
            "state",
            .string,
            "active or suspended; without it both",
            Rule<String>.oneOf(["active", "suspended"])
        )
        filter.isSuspended = state.map { $0 == "suspended" }
        filter.surface = read.query(
            "surface",
            .string,
            "Only those with a key of this surface",
            Rule<String>.oneOf(Self.surfaces)
        )
        self.filter = filter
        self.paging = CursorPaging(&read, default: 50)
    }
}

struct AccountName: Input {
    let name: String
    init(_ read: inout InputReader) {
        self.name = read.path("owner_id", "The account's id, or its name where that has no slash")
    }
}

struct SuspendAccount: Input {
    let name: String
    let reason: String

    init(_ read: inout InputReader) {
        self.name = read.path("owner_id", "The account's id, or its name where that has no slash")
        self.reason = read.body(
            "reason",
            .string,
            "Why; kept in the audit log",
            rules: [.notBlank(of: "reason"), .line(of: "reason"), .atMost(500, of: "reason")]
        )
    }
}

struct AdminKeyPath: Input {
    let id: String
    init(_ read: inout InputReader) { self.id = read.path("key_id", "The key") }
}

struct LimitKey: Input {
    let id: String
    let rateLimit: Int

    init(_ read: inout InputReader) {
        self.id = read.path("key_id", "The key")
        self.rateLimit = read.body(
            "rate_limit",
            .integer,
            "Requests a minute; 0 lifts the limit",
            .range(0...1_000_000)
        )
    }
}

struct AdminAccount: Listed {
    let id: ID<Identity>
    let name: String
    let createdAt: Timestamp
    let suspendedAt: Timestamp?
    let suspendedReason: String?
    let keys: Int

    static let listName = "accounts"
    static let listSummary = "The newest first"

    static let members: [Member<Self>] = [
        Member("account_id", \.id, "The account"),
        Member("owner_id", \.name, "Its name"),
        Member("state", \.state, "active or suspended"),
        Member("suspended_at", \.suspendedAt, "Since when its keys and sessions do not work"),
        Member("suspended_reason", \.suspendedReason, "Why"),
        Member("keys", \.keys, "Keys and sign-ins of all surfaces that were not revoked"),
        Member("created_at", \.createdAt, "When it was made"),
    ]

    var state: String { self.suspendedAt == nil ? "active" : "suspended" }

    static let example = AdminAccount(
        id: ID("acc_0198c5d2-7b40-7000-8000-000000000007"),
        name: "my-agent",
        createdAt: Timestamp(seconds: 1_774_000_000),
        suspendedAt: nil,
        suspendedReason: nil,
        keys: 2
    )
}

extension AdminAccount {
    init(_ account: AccountSummary) {
        self.init(
            id: account.id,
            name: account.name,
            createdAt: account.createdAt,
            suspendedAt: account.suspendedAt,
            suspendedReason: account.suspendedReason,
            keys: account.keys
        )
    }
}

struct AdminKey: ExampleAnswer {
    let id: String
    let surface: String
    let owner: String
    let role: String
    let rateLimit: Int
    let createdAt: Timestamp
    let expiresAt: Timestamp?
    let revokedAt: Timestamp?
    let cap: Amount<USDC>?

    static let members: [Member<Self>] = [
        Member("key_id", \.id, "The key"),
        Member("surface", \.surface, "Where it works"),
        Member("owner_id", \.owner, "Whose it is"),
        Member("role", \.role, "What it may do"),
        Member("rate_limit", \.rateLimit, "Requests a minute; 0 for any number"),
        Member("created_at", \.createdAt, "When it was made"),
        Member("expires_at", \.expiresAt, "When it ends by itself"),
        Member("revoked_at", \.revokedAt, "When it was revoked"),
        Member("daily_cap", \.cap, "What it may spend of the balance in a UTC day; null for no cap", unit: "USDC"),
    ]

    static let example = AdminKey(
        id: "acf_0123456789abcdef",
        surface: "market",
        owner: "my-agent",
        role: "buyer",
        rateLimit: 60,
        createdAt: Timestamp(seconds: 1_774_000_000),
        expiresAt: nil,
        revokedAt: nil,
        cap: 5_000_000
    )
}

extension AdminKey {
    init(_ key: KeySummary) {
        self.init(
            id: key.id,
            surface: key.surface,
            owner: key.ownerName,
            role: key.role.name,
            rateLimit: key.rateLimit,
            createdAt: key.createdAt,
            expiresAt: key.expiresAt,
            revokedAt: key.revokedAt,
            cap: key.dailyCap.map { Amount(micros: $0) }
        )
    }
}

struct AdminAccountDetail: ExampleAnswer {
    let account: AdminAccount
    let keys: [AdminKey]

    static let members: [Member<Self>] = [
        Member("account", \.account, "The account"),
        Member("keys", \.keys, "Its keys of all surfaces, the newest first, with those that were revoked"),
    ]

    static let example = AdminAccountDetail(account: .example, keys: [.example])
}

struct AuditQuery: Input {
    let filter: AuditStore.Filter
    let paging: CursorPaging

    init(_ read: inout InputReader) {
        var filter = AuditStore.Filter()
        filter.action = read.query(
            "action",
            .string,
            "What was done, or how that begins, such as key.created or key",
            .atMost(100)
        )
        filter.actor = read.query("actor", .string, "The key that did it, or console", .atMost(200))
        filter.subject = read.query("subject", .string, "What it was done to", .atMost(200))
        filter.request = read.query("request_id", .string, "The request", .atMost(100))
        filter.from = read.time("from", "Done at or after this moment (RFC 3339)")
        filter.until = read.time("to", "Done before this moment (RFC 3339)")
        self.filter = filter
        self.paging = CursorPaging(&read, default: 50)
    }
}

struct AuditLine: Listed {
    let number: Int64
    let at: Timestamp
    let actor: String
    let action: String
    let subject: String
    let detail: String
    let requestID: String

    static let listName = "entries"
    static let listSummary = "The newest first"

    static let members: [Member<Self>] = [
        Member("number", \.number, "Counts up"),
        Member("at", \.at, "When it was done"),
        Member("actor", \.actor, "The key that did it; console for the command line"),
        Member("action", \.action, "What was done, such as key.created"),
        Member("subject", \.subject, "To what: an id or a name"),
        Member("detail", \.detail, "More of it; never a secret"),
        Member("request_id", \.requestID, "The request, as in X-Request-Id and in the log; empty for the command line"),
    ]

    static let example = AuditLine(
        number: 42,
        at: Timestamp(seconds: 1_774_000_000),
        actor: "acf_0123456789abcdef",
        action: "balance.credited",
        subject: "0198c5d2-7b40-7000-8000-000000000005",
        detail: "5.00 to my-agent: welcome",
        requestID: "0198c5d2-7b40-7000-8000-000000000006"
    )
}

extension AuditLine {
    init(_ entry: AuditEntry) {
        self.init(
            number: entry.number,
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            detail: entry.detail,
            requestID: entry.requestID
        )
    }
}
