import Kernel
import Platform
import Storage

/// A database on the same PostgreSQL server that lives as long as a backup is checked.
struct ScratchDatabase {
    let url: String
    private let name: String
    private let server: PostgresServer

    /// Throws `ConfigurationError` where the user may not make databases.
    init(beside url: String, _ ids: IDGenerator) throws {
        self.name = "souk_check_\(ids.bytes(8).hex)"
        self.url = try PostgresTools.url(url, database: self.name)
        self.server = try PostgresServer(url: url)
        do { try self.server.makeDatabase(self.name) } catch {
            throw ConfigurationError(
                "cannot check the backup: the database's user may not make another database beside it; ALTER ROLE … CREATEDB allows it"
            )
        }
    }

    func fill(from dump: String, schema: String) throws {
        try PostgresServer(url: self.url).makeSchema(schema)
        try PostgresTools(url: self.url).restore(dump, schema: schema)
    }

    func remove() throws { try self.server.dropDatabase(self.name) }
}
