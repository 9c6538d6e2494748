import Foundation
package import Kernel
package import Logging
import Platform
package import Storage
package import Web

extension Configuration {
    /// Opens the database; makes the data directory when it is missing.
    ///
    /// Throws `ConfigurationError` in words for the operator.
    package func openDatabase(clock: WallClock, logger: Logger) throws -> any Database {
        try self.makeDataDirectory()
        if self.isOnPostgres {
            do { return try PostgresDatabase(url: self.database, clock: clock, logger: logger) } catch {
                throw ConfigurationError("cannot reach the database server: \(Self.reason(error))")
            }
        }
        do { return try SQLiteDatabase(path: self.database, clock: clock, logger: logger) } catch {
            throw ConfigurationError("cannot open the database \(self.database): \(error)")
        }
    }

    /// The database that is there: a command that only looks makes none.
    ///
    /// Throws `ConfigurationError` in words for the operator, then `MigrationError`.
    package func openExistingDatabase(clock: WallClock, logger: Logger) async throws -> any Database {
        try self.requireDatabase()
        let database = try self.openDatabase(clock: clock, logger: logger)
        do { try await database.requireMigrated(House.migrations) } catch {
            await database.close()
            throw error
        }
        return database
    }

    /// Throws `ConfigurationError` in words for the operator, then `MigrationError`, where none was made. Changes nothing.
    package func requireDatabase() throws {
        if self.isOnPostgres { return try self.requirePostgresTables() }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: self.database) else {
            throw ConfigurationError("no database here: there is no file \(self.database)")
        }
        guard (attributes[.size] as? NSNumber)?.int64Value != 0 else {
            throw ConfigurationError("no database here: the file \(self.database) is empty")
        }
    }

    /// What a server keeps as long as it runs, so that no second one serves the same file; nil on PostgreSQL, which many share.
    ///
    /// Throws `ConfigurationError` in words for the operator.
    package func claimDatabase() throws -> ServerLock? {
        if self.isOnPostgres { return nil }
        try self.makeDataDirectory()
        // A command that looks who serves the file has it for a moment.
        for _ in 0..<10 {
            if let lock = try? ServerLock(databasePath: self.database) { return lock }
            usleep(50_000)
        }
        do { return try ServerLock(databasePath: self.database) } catch let taken as ServerLock.Taken {
            let other = taken.process.map { " (process \($0))" } ?? ""
            throw ConfigurationError(
                "another server\(other) serves the database \(self.database); stop it, or use another data directory"
            )
        } catch { throw ConfigurationError("cannot claim the database \(self.database): \(error)") }
    }

    /// The server that serves the SQLite file; nil when none does, and on PostgreSQL.
    package func findServer() -> ServerLock.Taken? {
        guard !self.isOnPostgres, FileManager.default.fileExists(atPath: self.database) else { return nil }
        do { _ = try ServerLock(databasePath: self.database) } catch { return error as? ServerLock.Taken }
        return nil
    }

    /// Opening a database there makes what writers need.
    private func requirePostgresTables() throws {
        do {
            guard try !PostgresServer(url: self.database).isEmpty() else { throw MigrationError.none }
        } catch let error as StorageError {
            throw ConfigurationError("cannot reach the database server: \(Self.reason(error))")
        }
    }

    package var isOnPostgres: Bool {
        self.database.bytewise.starts(with: "postgres://") || self.database.bytewise.starts(with: "postgresql://")
    }

    /// Throws `ConfigurationError` when its file cannot be written.
    package func openAccessLog() throws -> AccessLog? {
        guard let format = self.accessLog else { return nil }
        guard let path = self.accessLogFile else { return AccessLog(format, writer: LogWriter(descriptor: 1)) }
        // Added to its end, so that a program that shortens or copies it meanwhile loses nothing.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        // Whatever the process keeps to itself: a log may be read by its group.
        if descriptor >= 0 { fchmod(descriptor, 0o640) }
        guard descriptor >= 0 else {
            throw ConfigurationError("access_log_file: cannot write \(path): \(String(cString: strerror(errno)))")
        }
        return AccessLog(format, writer: LogWriter(descriptor: descriptor))
    }

    /// Where the data directory is; nil when it cannot be asked.
    package var freeBytes: Int64? {
        let values = try? FileManager.default.attributesOfFileSystem(forPath: self.dataDirectory)
        return (values?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    /// Whatever stands in it is for this user alone.
    private func makeDataDirectory() throws {
        do { try DataFolder.make(self.dataDirectory) } catch {
            throw ConfigurationError("cannot make the data directory \(self.dataDirectory)")
        }
        guard access(self.dataDirectory, W_OK) == 0 else {
            throw ConfigurationError("the data directory \(self.dataDirectory) is not writable")
        }
    }

    /// Never the URL, which may hold a password.
    private static func reason(_ error: any Error) -> String {
        if case StorageError.connectionLost(let message) = error { return message.trimmed }
        return "it does not answer as PostgreSQL does"
    }
}
