import Foundation
import Kernel
import Platform
import Storage

/// PostgreSQL's own programs, which know how to copy every kind of thing that stands in a database.
struct PostgresTools {
    /// Without the password, which every user of the machine could read from a command line.
    private let address: String
    private let password: String?

    /// Throws `ConfigurationError` for an address that cannot be taken apart, such as one of several hosts.
    init(url: String) throws {
        guard var parts = URLComponents(string: url), parts.queryItems?.contains(where: { $0.name == "dbname" }) != true
        else { throw Self.unreadable }
        let inQuery = parts.queryItems?.first { $0.name == "password" }?.value
        self.password = parts.password ?? inQuery
        parts.password = nil
        if inQuery != nil { parts.queryItems?.removeAll { $0.name == "password" } }
        guard let address = parts.string else { throw Self.unreadable }
        self.address = address
    }

    private static let unreadable = ConfigurationError(
        "the database's address must be postgres://user:password@host:port/name for backups, with one host and without dbname"
    )

    /// One consistent state, whatever is written meanwhile.
    func dump(schema: String, to path: String) throws {
        try self.run(
            "pg_dump",
            [
                "--format=custom", "--no-password", "--no-owner", "--no-privileges",
                // Quoted: unquoted it is a pattern.
                "--schema=\"\(schema.bytewise.replacing("\"", with: "\"\""))\"", "--file=\(path)", self.address,
            ]
        )
    }

    /// All of it, or nothing.
    func restore(_ path: String, schema: String) throws {
        try self.run(
            "pg_restore",
            [
                "--no-password", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                "--schema=\(schema)",
                "--dbname=\(self.address)", path,
            ]
        )
    }

    /// The same server's other database.
    static func url(_ url: String, database: String) throws -> String {
        guard var parts = URLComponents(string: url), parts.queryItems?.contains(where: { $0.name == "dbname" }) != true
        else { throw self.unreadable }
        parts.path = "/\(database)"
        guard let other = parts.string else { throw self.unreadable }
        return other
    }

    /// Throws `ConfigurationError` with the program's own first line.
    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        if let password {
            process.environment = ProcessInfo.processInfo.environment.merging(["PGPASSWORD": password]) { $1 }
        }
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        do { try process.run() } catch { throw ConfigurationError("cannot start \(program): \(error)") }
        let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return }
        if process.terminationStatus == 127 {
            throw ConfigurationError(
                "\(program) is not installed: it comes with PostgreSQL's client (postgresql-client)"
            )
        }
        let line = told.bytewise.split("\n").first.map(String.init) ?? "it ended with \(process.terminationStatus)"
        throw ConfigurationError("\(program) failed: \(line)")
    }
}
