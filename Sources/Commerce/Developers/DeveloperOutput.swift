import Kernel
import Web

/// A developer as they see themselves.
struct DeveloperOutput: Answer {
    let developer: Developer

    static let members: [Member<Self>] = [
        Member(
            "developer_id",
            { Developer.id(of: $0.developer.identity) },
            "The account",
            example: "dvl_0198c5d2-7b40-7000-8000-000000000001"
        ),
        Member("display_name", \.developer.displayName, "As they call themselves"),
        Member("contact_email", \.developer.email, "Where they are reached", example: "ada@example.com"),
        Member("company", \.developer.company.nonEmpty, "For whom they work"),
        Member("website", \.developer.website.nonEmpty, "Their site"),
        Member("status", { $0.developer.isActive ? "active" : "suspended" }, "active or suspended", example: "active"),
        Member("invite_verified_at", { $0.developer.inviteVerifiedAt?.utc }, "When an invite was shown"),
        Member("metadata", \.developer.metadata, "Their own"),
        Member("created_at", { $0.developer.createdAt.utc }, "When the account was opened"),
        Member("updated_at", { $0.developer.updatedAt.utc }, "When it was changed last"),
    ]
}

struct ConsoleSessionOutput: Answer {
    let session: ConsoleSession

    static let members: [Member<Self>] = [
        Member("session_id", \.session.id, "The session"),
        Member(
            "developer_id",
            { Developer.id(of: $0.session.identity) },
            "Whose it is",
            example: "dvl_0198c5d2-7b40-7000-8000-000000000001"
        ),
        Member(
            "status",
            { $0.session.revokedAt == nil ? "active" : "revoked" },
            "active or revoked",
            example: "active"
        ),
        Member("expires_at", { $0.session.expiresAt.utc }, "When it ends"),
        Member("created_at", { $0.session.createdAt.utc }, "When it began"),
        Member("last_used_at", { $0.session.lastUsedAt?.utc }, "When it was used last, to the minute"),
    ]
}

/// Somebody has come in.
struct DeveloperOpened: Answer {
    let opened: DeveloperService.Opened
    let status: String

    static let members: [Member<Self>] = [
        Member("status", \.status, "created or ok", example: "ok"),
        Member("developer", { DeveloperOutput(developer: $0.opened.developer) }, "The account"),
        Member("developer_token", \.opened.token, "The console token, which is shown once", example: "MA2D.…"),
        Member("session", { ConsoleSessionOutput(session: $0.opened.session) }, "Its session"),
        Member("invite_verified", { $0.opened.developer.inviteVerifiedAt != nil }, "Whether keys can be made"),
    ]
}

/// The account, without its token.
struct DeveloperAnswer: Answer {
    let developer: Developer
    let status: String

    static let members: [Member<Self>] = [
        Member("status", \.status, "verified", example: "verified"),
        Member("developer", { DeveloperOutput(developer: $0.developer) }, "The account"),
        Member("invite_verified", { $0.developer.inviteVerifiedAt != nil }, "Whether keys can be made"),
    ]
}

struct DeveloperProfile: Answer {
    let developer: Developer
    let session: ConsoleSession
    let keys: [KeyOutput]

    static let members: [Member<Self>] = [
        Member("developer", { DeveloperOutput(developer: $0.developer) }, "The account"),
        Member("session", { ConsoleSessionOutput(session: $0.session) }, "The session that asks"),
        Member("invite_verified", { $0.developer.inviteVerifiedAt != nil }, "Whether keys can be made"),
        Member("keys", \.keys, "Keys that were not deleted, newest first"),
    ]
}

struct KeyOutput: Answer {
    let key: APIKey
    let canReveal: Bool

    static let members: [Member<Self>] = [
        Member("key_id", \.key.id, "The key"),
        Member(
            "developer_id",
            { Developer.id(of: $0.key.owner) },
            "Whose it is",
            example: "dvl_0198c5d2-7b40-7000-8000-000000000001"
        ),
        Member("key_prefix", \.key.prefix, "How it begins", example: "MA2A.Jx3kQw"),
        Member("label", \.key.label, "As its owner calls it"),
        Member("scopes", \.key.scopes, "commerce, or commerce:read", example: ["commerce"]),
        Member("status", \.key.status, "Its state"),
        Member("last_used_at", { $0.key.lastUsedAt?.utc }, "When it was used last"),
        Member("created_at", { $0.key.createdAt.utc }, "When it was made"),
        Member("revoked_at", { $0.key.revokedAt?.utc }, "When it stopped working"),
        Member("can_reveal", \.canReveal, "Whether its text can be shown again"),
    ]
}

extension APIKey.Status: Wire, Vocabulary {
    static let vocabulary = "key_status"
}

struct KeyList: Answer {
    let keys: [KeyOutput]
    let isVerified: Bool

    static let members: [Member<Self>] = [
        Member("count", \.keys.count, "How many there are"),
        Member("invite_verified", \.isVerified, "Whether keys can be made"),
        Member("keys", \.keys, "Newest first"),
    ]
}

/// A key with its text.
struct KeyMade: Answer {
    let key: KeyOutput
    let text: String

    static let members: [Member<Self>] = [
        Member("status", { _ in "created" }, "created", example: "created"),
        Member("api_key", \.text, "The key", example: "MA2A.…"),
        Member("key", \.key, "What is known of it"),
        Member("warning", { _ in CommerceWords.all.say("key_warning", in: .english) }, "What to mind"),
    ]
}

struct KeyRevealed: Answer {
    let key: KeyOutput
    let text: String

    static let members: [Member<Self>] = [
        Member("status", { _ in "ok" }, "ok", example: "ok"),
        Member("api_key", \.text, "The key", example: "MA2A.…"),
        Member("key", \.key, "What is known of it"),
    ]
}

struct KeyChanged: Answer {
    let key: KeyOutput
    let status: String

    static let members: [Member<Self>] = [
        Member("status", \.status, "updated, revoked or deleted", example: "revoked"),
        Member("key", \.key, "The key"),
    ]
}
