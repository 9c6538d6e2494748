package import Kernel
package import Storage

/// Whom a part of the gateway belongs to. Nothing of one tenant is seen or named in another.
package struct Tenant: Sendable, Equatable, RowDecodable, Identified {
    package static let idPrefix = ""

    /// The one that every gateway has.
    static let master = ID<Tenant>("0193a5b0-7000-7000-8000-000000000001")
    static let masterSlug = "master"

    package let id: ID<Tenant>
    package let slug: String
    package let name: String
    package let createdAt: Timestamp

    package static let columns: StaticString = "id, slug, name, created_at"

    init(id: ID<Tenant>, slug: String, name: String, createdAt: Timestamp) {
        (self.id, self.slug, self.name, self.createdAt) = (id, slug, name, createdAt)
    }

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.slug = try row.column()
        self.name = try row.column()
        self.createdAt = try row.column()
    }

    /// The identity of the house underneath: keys of the tenant are its credentials, and the market knows its agents by names below it.
    var identityName: String { "gateway:\(self.id)" }
}
