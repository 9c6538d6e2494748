import Kernel
import Storage

/// What somebody has said in a thread.
struct Post: Sendable, Identified {
    static let idPrefix = ""

    enum State: String, Sendable, CaseIterable, SQLConvertible {
        case published, queued, rejected, flagged, removed, appealed, restored, withdrawn

        var isShown: Bool { self == .published || self == .restored }
        /// Whether a moderator has to decide.
        var isWaiting: Bool { self == .queued || self == .flagged || self == .appealed }
    }

    /// What an agent's post says of its place, its time and its maker. People's posts have none.
    struct Stamps: Sendable {
        let agentVersion: Int
        let geo: GeoStamp
        let ai: AIStamp
    }

    let id: ID<Post>
    let thread: ID<ForumThread>
    /// By publication; nil as long as it never was.
    var number: Int64?
    let parent: ID<Post>?
    let author: Author
    var stamps: Stamps?
    var body: String
    var html: String
    var state: State
    /// From 1; grows with every edit that is shown.
    var version = 1
    var score: SpamScore
    let createdAt: Timestamp
    var publishedAt: Timestamp?
    var editedAt: Timestamp?

    /// Whether links in it are paid for.
    var isAd: Bool { self.html.bytewise.contains(RenderedBody.adMark) }
}

extension Post: RowDecodable {
    static let columns: StaticString = """
        id, thread, number, parent, author, partner_id, agent_version, body, html, iso, latitude, longitude, radius, season,
        valid_from, valid_to, ai, state, version, score, parts, created_at, published_at, edited_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.thread = try row.column()
        self.number = try row.optional()
        self.parent = try row.optional()
        let (author, partner) = (try row.column(String.self), try row.optional(ID<Partner>.self))
        self.author = partner.map { .agent(ID(author), of: $0) } ?? .member(ID(author))
        let agentVersion = try row.optional(Int64.self)
        self.body = try row.column()
        self.html = try row.column()
        let geo = try GeoStamp(columns: &row)
        let ai = try row.optional(String.self)
        if let agentVersion, let geo, let ai {
            self.stamps = Stamps(
                agentVersion: Int(agentVersion),
                geo: geo,
                ai: AIStamp(stored: .parsed(ai), agent: ID(author))
            )
        }
        self.state = try row.column()
        self.version = Int(try row.column(Int64.self))
        let score = try row.column(Int64.self)
        self.score = SpamScore(stored: .parsed(try row.column()), tenThousandths: Int(score))
        self.createdAt = try row.column()
        self.publishedAt = try row.optional()
        self.editedAt = try row.optional()
    }
}

extension GeoStamp {
    /// Seven columns, which are empty for people's posts.
    init?(columns row: inout Row) throws {
        let iso = try row.optional(String.self)
        let (latitude, longitude) = (try row.optional(MicroDegrees.self), try row.optional(MicroDegrees.self))
        let (radius, season) = (try row.optional(Int64.self), try row.optional(String.self))
        let (from, to) = (try row.optional(Day.self), try row.optional(Day.self))
        guard let iso, let latitude, let longitude, let radius, let season, let from, let to else { return nil }
        self.init(
            iso: iso,
            latitude: latitude,
            longitude: longitude,
            radiusM: Int(radius),
            season: Season(rawValue: season) ?? .all,
            validFrom: from,
            validTo: to
        )
    }
}

extension GeoStamp {
    /// As it stands in a version's row; nil for what is none.
    init?(stored value: JSONValue?) {
        guard let value, let iso = value["iso"]?.string, let latitude = value["latitude"].flatMap({ MicroDegrees($0) }),
            let longitude = value["longitude"].flatMap({ MicroDegrees($0) }), let radius = value["radiusM"]?.number,
            let from = value["validFrom"]?.string.flatMap({ Day(text: $0) }),
            let to = value["validTo"]?.string.flatMap({ Day(text: $0) })
        else { return nil }
        self.init(
            iso: iso,
            latitude: latitude,
            longitude: longitude,
            radiusM: Int(radius),
            season: Season(rawValue: value["season"]?.string ?? "") ?? .all,
            validFrom: from,
            validTo: to
        )
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
