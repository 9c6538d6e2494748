import Foundation
package import Kernel
import Platform
import Storage
import Web

/// What the operator's console does with feeds.
extension ImportService {
    /// Imports a file to its end; what has come of it.
    ///
    /// Throws `ConfigurationError` for a file or a format that there is not, then `merchantNotFound`.
    package func importFile(
        _ path: String,
        of merchant: String,
        format: String,
        keepsIDs: Bool,
        isDryRun: Bool,
        isFull: Bool,
        isForced: Bool
    ) async throws -> JSONValue {
        guard let format = FeedFormat(rawValue: format) else {
            throw ConfigurationError("there is no format '\(format)'; acp, google and icecat are known")
        }
        guard FileManager.default.isReadableFile(atPath: path) else { throw ConfigurationError("cannot read \(path)") }
        let options = CatalogImport.Options(
            format: format,
            keepsIDs: keepsIDs,
            isDryRun: isDryRun,
            isFull: isFull,
            isForced: isForced,
            path: path,
            source: URL(fileURLWithPath: path).lastPathComponent
        )
        let id = try await self.begin(options, merchant: merchant, actor: "console", trace: .none)
        try await self.run(id)
        guard let found = try await self.database.read({ try $0.imports.find(id) }) else { return [:] }
        return ImportOutput(found: found).json
    }

    /// What the operator withdraws at the console. Throws `productNotFound`.
    package func withdraw(_ product: Int64) async throws {
        try await self.database.write { try Self.withdraw(product, in: .all, actor: "console", trace: .none, $0) }
    }

    /// Throws `productNotFound`, also for a product of a merchant whom the caller may not see.
    func withdraw(_ product: Int64, by caller: Caller, trace: Trace) async throws {
        try await self.database.write { tx in
            let scope = try tx.merchants.scope(of: caller)
            try Self.withdraw(product, in: scope, actor: caller.credential, trace: trace, tx)
        }
    }

    private static func withdraw(
        _ product: Int64,
        in scope: MerchantScope,
        actor: String,
        trace: Trace,
        _ tx: Transaction
    ) throws {
        guard let found = try tx.products.find(ProductID(product)), !found.isWithdrawn, scope.contains(found.merchant)
        else { throw CommerceProblems.productNotFound }
        try tx.products.withdraw(found.id)
        try tx.audit.record(
            actor: actor,
            action: "product.withdrawn",
            subject: "\(found.id)",
            detail: found.content.title,
            trace: trace
        )
    }
}
