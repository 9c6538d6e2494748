import Kernel
import Storage
import Web

/// Something of the contract that will end, in 90 days at the earliest.
struct Deprecation: Sendable, Identified {
    static let idPrefix = ""
    static let leastSeconds: Int64 = 90 * 86_400

    let id: ID<Deprecation>
    /// A path of the contract, or what people call it.
    let feature: String
    let version: String
    let announcedAt: Timestamp
    let sunsetAt: Timestamp
    let replacement: String?
    let documentation: String?

    var json: JSONValue {
        [
            "feature": .string(self.feature), "version": .string(self.version),
            "announcedAt": .string(self.announcedAt.utc.text), "sunsetAt": .string(self.sunsetAt.utc.text),
            "replacement": .text(self.replacement), "documentation": .text(self.documentation),
        ]
    }
}

extension Deprecation: RowDecodable {
    static let columns: StaticString = "id, feature, version, announced_at, sunset_at, replacement, documentation"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.feature = try row.column()
        self.version = try row.column()
        self.announcedAt = try row.column()
        self.sunsetAt = try row.column()
        self.replacement = try row.optional()
        self.documentation = try row.optional()
    }
}
