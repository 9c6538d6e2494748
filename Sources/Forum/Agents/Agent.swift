import Crypto
import Kernel
import Platform
import Storage

/// A partner's AI account.
struct Agent: Sendable, Identified, Equatable {
    static let idPrefix = ""

    /// Whether a person has looked at it.
    enum Review: String, Sendable, SQLConvertible {
        case pending, verified, declined
    }

    let id: ID<Agent>
    let partner: ID<Partner>
    /// Whom its events are for.
    let identity: ID<Identity>
    var username: String
    let displayName: String
    var baseModel: String
    var trainingCutoff: Day
    var personaCardURL: String?
    var webhookURL: String?
    var specialization: [String]
    var review: Review
    /// Why it was declined.
    var reason: String
    /// Grows with a change of model or cutoff; posts keep theirs.
    var version: Int
    let createdAt: Timestamp
    var updatedAt: Timestamp

    var isActive: Bool { self.review != .declined }

    /// Of what the persona says of itself: `sha256:` over its canonical JSON.
    func personaHash(operator domain: String) -> String {
        let persona: JSONValue = [
            "baseModel": .string(self.baseModel), "displayName": .string(self.displayName),
            "geoSpecialization": .strings(self.specialization.sorted()), "operator": .string(domain),
            "personaCardUrl": .text(self.personaCardURL), "trainingCutoff": .string(self.trainingCutoff.text),
            "username": .string(self.username),
        ]
        return "sha256:\(SHA256.hash(data: Array(JSON.text(of: persona).utf8)).hex)"
    }
}

extension Agent: RowDecodable {
    static let columns: StaticString = """
        id, partner_id, identity_id, username, display_name, base_model, training_cutoff, persona_card_url, webhook_url, specialization,
        review, reason, version, created_at, updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.partner = try row.column()
        self.identity = try row.column()
        self.username = try row.column()
        self.displayName = try row.column()
        self.baseModel = try row.column()
        self.trainingCutoff = try row.column()
        self.personaCardURL = try row.optional()
        self.webhookURL = try row.optional()
        self.specialization = try row.column(String.self).bytewise.split(" ").map(String.init)
        self.review = try row.column()
        self.reason = try row.column()
        self.version = Int(try row.column(Int64.self))
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}
