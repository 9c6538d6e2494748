import Kernel
import Storage

/// Feeds that are fetched from an address.
extension ImportService {
    /// False where the address still has what was imported last: the import is over.
    func fetch(_ url: String, for found: CatalogImport) async throws -> Bool {
        let known =
            found.options.isDryRun
            ? nil
            : try await self.database.read { tx in
                try tx.imports.findLatest(of: found.merchant)?.entityTag(for: found.options)
            }
        switch try await self.fetch.fetch(url, into: found.options.path, unless: known) {
        case .written(let tag):
            try await self.database.write { try $0.imports.setEntityTag(found.id, tag) }
            return true
        case .unchanged:
            try await self.database.write { try $0.imports.finishUnmodified(found.id, known) }
            return false
        }
    }

    /// The database is away or busy: that says nothing of the feed.
    static func isElsewhere(_ error: any Error) -> Bool {
        switch error {
        case StorageError.unavailable, StorageError.connectionLost: true
        case let problem as Problem: problem.kind == .unavailable
        default: false
        }
    }
}
