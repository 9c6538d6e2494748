package import Kernel
import Platform
package import Storage

/// What a surface tells people: in the list of their notifications, and by the webhooks that they asked for.
///
/// Its words are `notice.` and the raw value.
package protocol NoticeKind: RawRepresentable, CaseIterable, Sendable, SQLConvertible, Wire where RawValue == String {
    static var contract: any SurfaceContract { get }
    /// `id` counts up, `identity_id`, `type`, `subject`, `detail`, `created_at`, and `read_at` or null.
    static var table: StaticString { get }
    /// Whether it stands in the list too, and is not an event alone.
    var isNotified: Bool { get }
    /// What a notification says of its subject, beside its title.
    static func about(_ data: JSONValue, _ display: Display) -> [String?]
}

extension NoticeKind {
    package var isNotified: Bool { true }

    package func title(in language: Language) -> String {
        Self.contract.words.say("notice.\(self.rawValue)", in: language)
    }
}

/// One notification.
package struct Notice<Kind: NoticeKind>: Sendable, RowDecodable {
    package let id: NumericID<Notice>
    package let type: Kind
    /// What it is about, such as `conversion:12`.
    package let subject: String
    /// A JSON object.
    package let detail: String
    package let createdAt: Timestamp
    package let readAt: Timestamp?

    package static var columns: StaticString { "id, type, subject, detail, created_at, read_at" }

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.type = try row.column()
        self.subject = try row.column()
        self.detail = try row.column()
        self.createdAt = try row.column()
        self.readAt = try row.optional()
    }
}
