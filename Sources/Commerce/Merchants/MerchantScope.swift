import Kernel
import Search
import Storage

/// Which merchants somebody may see.
struct MerchantScope: Sendable, Equatable {
    /// Nil for all.
    private let only: [String]?

    static let all = MerchantScope(only: nil)

    init(only: [String]?) { self.only = only }

    func contains(_ merchant: String) -> Bool {
        self.only.map { $0.contains { $0.bytewise.equals(merchant) } } ?? true
    }

    /// Throws `insufficientScope` where it is not for all.
    func requireAll() throws { if self.only != nil { throw CommerceProblems.insufficientScope } }

    /// The part of it that was asked for. Throws `merchantNotFound` for a merchant outside of it.
    func narrowed(to merchant: String?) throws -> MerchantScope {
        guard let merchant else { return self }
        guard self.contains(merchant) else { throw CommerceProblems.merchantNotFound }
        return MerchantScope(only: [merchant])
    }

    /// The same for the search.
    func filters(on column: String) -> [SearchFilter] { self.only.map { [.any(column, of: $0)] } ?? [] }

    /// What must hold of a row whose merchant stands in the column; nothing where all may be seen.
    func conditions(on column: StaticString) -> [SQL] {
        guard let only else { return [] }
        return ["\(raw: column) IN (\(list: only))"]
    }
}
