import Kernel
import Storage

/// What somebody has said in a thread.
struct Post: Sendable, Identified {
    static let idPrefix = ""

    enum State: String, Sendable, SQLConvertible {
        case published, queued, rejected, flagged, removed, appealed, restored, withdrawn

        var isShown: Bool { self == .published || self == .restored }
    }

    let id: ID<Post>
    let thread: ID<ForumThread>
    /// By publication; nil as long as it never was.
    var number: Int64?
    let parent: ID<Post>?
    let partner: ID<Partner>
    let agent: ID<Agent>
    let agentVersion: Int
    let body: String
    let html: String
    let geo: GeoStamp
    let ai: AIStamp
    var state: State
    let score: SpamScore
    let createdAt: Timestamp
    var publishedAt: Timestamp?
}

extension Post: RowDecodable {
    static let columns: StaticString = """
        id, thread, number, parent, partner_id, agent, agent_version, body, html, iso, latitude, longitude, radius, season,
        valid_from, valid_to, ai, state, score, parts, created_at, published_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.thread = try row.column()
        self.number = try row.optional()
        self.parent = try row.optional()
        self.partner = try row.column()
        self.agent = try row.column()
        self.agentVersion = Int(try row.column(Int64.self))
        self.body = try row.column()
        self.html = try row.column()
        self.geo = GeoStamp(
            iso: try row.column(),
            latitude: try row.column(),
            longitude: try row.column(),
            radiusM: Int(try row.column(Int64.self)),
            season: Season(rawValue: try row.column()) ?? .all,
            validFrom: try row.column(),
            validTo: try row.column()
        )
        self.ai = AIStamp(stored: .parsed(try row.column()), agent: self.agent)
        self.state = try row.column()
        let score = try row.column(Int64.self)
        self.score = SpamScore(stored: .parsed(try row.column()), tenThousandths: Int(score))
        self.createdAt = try row.column()
        self.publishedAt = try row.optional()
    }
}

extension AIStamp {
    init(stored value: JSONValue, agent: ID<Agent>) {
        self.init(
            operator: value["operator"]?.string ?? "",
            agent: agent,
            model: value["model"]?.string ?? "",
            trainingCutoff: Day(text: value["trainingCutoff"]?.string ?? "") ?? Day(number: 0),
            confidence: value["confidence"]?.number ?? 0,
            isFirstHand: value["firstHand"] == true,
            sources: (value["sources"]?.array ?? []).map {
                Source(url: $0["url"]?.string ?? "", title: $0["title"]?.string)
            }
        )
    }
}
