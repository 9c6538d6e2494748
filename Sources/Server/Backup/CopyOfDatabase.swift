import Kernel
import Logging
import Platform
import Storage

/// A copy of the database, which is opened only to be verified.
extension Configuration {
    /// - Parameters:
    ///   - folder: takes what a surface makes when it is opened.
    ///   - secretKey: nil for the operator's own.
    func ofCopy(_ database: String, in folder: String, _ ids: IDGenerator, secretKey: String? = nil) throws
        -> Configuration
    {
        try Configuration(
            flags: [
                .dataDir: folder, .database: database,
                .secretKey: try secretKey ?? OperatorKey.text(self, ids: ids),
                .previousSecretKeys: self.previousSecretKeys.joined(separator: ","),
            ],
            environment: [:],
            file: nil
        )
    }

    /// What `souk verify` would tell of the database. Throws `ConfigurationError` for another key than it was written with.
    func differences(_ ids: IDGenerator, _ logger: Logger) async throws -> [String] {
        let database = try await self.openExistingDatabase(clock: .system, logger: logger)
        do {
            try await OperatorKey.check(self, ids: ids, database, isWriting: false)
            let house = try House(self, database: database, publicURL: "http://localhost", logger: logger)
            let differences = try await database.read { try house.verify(in: $0) }
            await database.close()
            return differences
        } catch {
            await database.close()
            throw error
        }
    }
}
