import Foundation
package import Kernel
package import Logging
package import Storage

/// Databases for tests: each test gets its own, on every engine that is there.
package enum TestDatabases {
    /// PostgreSQL takes part when `TEST_POSTGRES` holds a URL; `make test` starts one.
    package static var postgresURL: String? { ProcessInfo.processInfo.environment["TEST_POSTGRES"] }

    package static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    package static func make(_ engine: Engine, clock: WallClock = .system) async throws -> any Database {
        switch engine {
        case .sqlite:
            return try SQLiteDatabase(path: self.temporaryPath("sqlite"), durability: .process, clock: clock)
        case .postgres:
            return try PostgresDatabase(url: try await self.postgresSchema(), clock: clock, logger: self.quiet)
        }
    }

    /// The URL of an empty schema on the test server.
    package static func postgresSchema() async throws -> String {
        let url = self.postgresURL ?? ""
        let schema = "t\(UUID().uuidString.replacing("-", with: "").lowercased())"
        let admin = try PostgresDatabase(url: url, readers: 1, logger: self.quiet)
        try await admin.write { try $0.executeSchema("CREATE SCHEMA \(schema)") }
        await admin.close()
        return "\(url)\(url.contains("?") ? "&" : "?")options=-csearch_path%3D\(schema)"
    }

    package static func temporaryPath(_ suffix: String) -> String {
        "\(self.folder)/\(UUID().uuidString).\(suffix)"
    }

    /// All of the run's files; it goes away with the process.
    private static let folder: String = {
        let path = Self.folderPath
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TestDatabases.folderPath) }
        return path
    }()

    private static var folderPath: String { "\(NSTemporaryDirectory())souk-test-\(getpid())" }
}

extension Engine {
    /// For `@Test(arguments:)`.
    package static var available: [Engine] { TestDatabases.postgresURL == nil ? [.sqlite] : [.sqlite, .postgres] }
}
