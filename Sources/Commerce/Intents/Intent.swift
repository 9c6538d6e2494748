import Kernel
import Platform
import Storage
import Web

/// What a shopper wants, as it was said and as it was understood.
struct Intent: Sendable, Identified, RowDecodable {
    static let idPrefix = "int"
    /// No longer does it live.
    static let longestSeconds: Int64 = 7 * 86_400

    let id: ID<Intent>
    /// Whose it is; empty for the public trial.
    let account: String
    let rawQuery: String
    let region: String?
    let channel: String?
    let details: Details
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// From then on it takes no more proposals.
    let expiresAt: Timestamp

    static let columns: StaticString =
        "i.id, i.account_id, i.raw_query, i.region, i.channel, i.details, i.created_at, i.updated_at, i.expires_at"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.account = try row.column()
        self.rawQuery = try row.column()
        self.region = try row.column(String.self).nonEmpty
        self.channel = try row.column(String.self).nonEmpty
        self.details = Details(stored: JSONValue.parsed(try row.column()))
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
        self.expiresAt = try row.column()
    }

    init(
        id: ID<Intent>,
        account: String,
        rawQuery: String,
        region: String?,
        channel: String?,
        details: Details,
        createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        (self.id, self.account, self.rawQuery, self.region, self.channel) = (id, account, rawQuery, region, channel)
        (self.details, self.createdAt, self.updatedAt, self.expiresAt) = (details, createdAt, createdAt, expiresAt)
    }

    /// What is kept as one text.
    struct Details: Sendable {
        var normalizedQuery: String?
        var tags: [String] = []
        var audience: String?
        /// `{min, max, currency}`, the bounds as numbers.
        var budget: JSONValue = .null
        var constraints: [String] = []
        /// `caller`, `rules` or `llm`.
        var source = "rules"
        var summary: String?
        var metadata: JSONValue = [:]
        var timeWindow: JSONValue = .null
        var assets: JSONValue = []
        var attributionChain: JSONValue = []
        var workflow: JSONValue = [:]
        var experience: JSONValue = [:]
        /// What was parsed, as it is shown.
        var pieces: JSONValue = []

        init() {}

        init(stored: JSONValue) {
            self.normalizedQuery = stored["normalized_query"]?.string
            self.tags = stored["intent_tags"]?.array?.compactMap(\.string) ?? []
            self.audience = stored["target_audience"]?.string
            self.budget = stored["budget_range"] ?? .null
            self.constraints = stored["constraints"]?.array?.compactMap(\.string) ?? []
            self.source = stored["resolution_source"]?.string ?? "rules"
            self.summary = stored["resolution_summary"]?.string
            self.metadata = stored["metadata"] ?? [:]
            self.timeWindow = stored["time_window"] ?? .null
            self.assets = stored["asset_refs"] ?? []
            self.attributionChain = stored["attribution_chain"] ?? []
            self.workflow = stored["workflow"] ?? [:]
            self.experience = stored["experience_context"] ?? [:]
            self.pieces = stored["resolved_constraints"] ?? []
        }

        /// Without what says nothing.
        var stored: JSONValue {
            let members: [String: JSONValue] = [
                "normalized_query": .text(self.normalizedQuery), "intent_tags": .strings(self.tags),
                "target_audience": .text(self.audience), "budget_range": self.budget,
                "constraints": .strings(self.constraints), "resolution_source": .string(self.source),
                "resolution_summary": .text(self.summary), "metadata": self.metadata, "time_window": self.timeWindow,
                "asset_refs": self.assets, "attribution_chain": self.attributionChain, "workflow": self.workflow,
                "experience_context": self.experience, "resolved_constraints": self.pieces,
            ]
            return .object(members.filter { ![.null, [], [:]].contains($0.value) })
        }
    }
}

/// An intent as its account sees it.
struct IntentOutput: Answer {
    let intent: Intent

    static let members: [Member<Self>] = [
        Member("intent_id", \.intent.id, "The intent"),
        Member("raw_query", \.intent.rawQuery, "As it was said"),
        Member(
            "normalized_query",
            \.intent.details.normalizedQuery,
            "What is sought, without prices, people and places"
        ),
        Member("intent_tags", \.intent.details.tags, "Kinds of products, and the caller's own tags"),
        Member("target_audience", \.intent.details.audience, "Whom it is for"),
        Member("budget_range", \.intent.details.budget, "`min`, `max` and `currency`; null where there is none"),
        Member("region", \.intent.region, "Where the shopper is"),
        Member("constraints", \.intent.details.constraints, "What must hold"),
        Member("source_channel", \.intent.channel, "Where the shopper was met"),
        Member(
            "resolution_source",
            \.intent.details.source,
            "Who has understood it: caller, rules or llm",
            example: "rules"
        ),
        Member("resolution_summary", \.intent.details.summary, "What was understood, in a line"),
        Member(
            "resolved_constraints",
            \.intent.details.pieces,
            "Each piece that was understood, with its words",
            example: []
        ),
        Member("metadata", \.intent.details.metadata, "The caller's own"),
        Member("created_at", { $0.intent.createdAt.utc }, "When it was said"),
        Member("updated_at", { $0.intent.updatedAt.utc }, "When it was changed last"),
        Member("expires_at", { $0.intent.expiresAt.utc }, "From when on it takes no more proposals"),
        Member("time_window", \.intent.details.timeWindow, "Until when, and how urgently"),
        Member("asset_refs", \.intent.details.assets, "The caller's own", example: []),
        Member("attribution_chain", \.intent.details.attributionChain, "How it came here", example: []),
        Member("workflow", \.intent.details.workflow, "The caller's own"),
        Member("experience_context", \.intent.details.experience, "The caller's own"),
    ]
}
