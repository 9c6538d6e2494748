import Foundation
import Kernel
import Platform
import Storage

/// PostgreSQL's own programs, which know how to copy every kind of thing that stands in a database.
struct PostgresTools {
    /// Without the password, which every user of the machine could read from a command line.
    private let address: String
    private let password: String?

    init(url: String) {
        var parts = URLComponents(string: url)
        self.password = parts?.password
        parts?.password = nil
        self.address = parts?.string ?? url
    }

    /// One consistent state, whatever is written meanwhile.
    func dump(schema: String, to path: String) throws {
        try self.run(
            "pg_dump",
            ["--format=custom", "--no-owner", "--no-privileges", "--schema=\(schema)", "--file=\(path)", self.address]
        )
    }

    /// All of it, or nothing.
    func restore(_ path: String, schema: String) throws {
        try self.run(
            "pg_restore",
            [
                "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--schema=\(schema)",
                "--dbname=\(self.address)", path,
            ]
        )
    }

    /// The same server's other database.
    static func url(_ url: String, database: String) -> String {
        var parts = URLComponents(string: url)
        parts?.path = "/\(database)"
        return parts?.string ?? url
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
