import Kernel
import Storage
import Synchronization

/// Budgets from memory, with the allowances that are in use: every try of a model needs them.
final class BudgetDirectory: Sendable {
    static let topic = "gateway_budget"

    struct AllowanceKey: Hashable, Sendable {
        let budget: ID<Budget>
        let subject: String
        let period: String
    }

    private struct State {
        var allowances: [AllowanceKey: Allowance] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let budgets: ReadCache<ID<Tenant>, [Budget]>

    init(database: any Database) {
        self.budgets = ReadCache(Self.topic, of: database, limit: 1000)
        database.invalidations.on(Self.topic) { [weak self] _ in
            self?.state.withLock { state in
                state.allowances = [:]
                state.generation += 1
            }
        }
    }

    /// Those that bind a spender, the same for the same question.
    func binding(_ spender: Spender) async throws -> [BoundBudget] {
        let all = try await self.budgets.find(spender.tenant) { try $0.budgets.list(of: spender.tenant) } ?? []
        return all.compactMap { budget in
            spender.subject(of: budget).map { BoundBudget(budget: budget, subject: $0) }
        }
    }

    var generation: Int { self.state.withLock { $0.generation } }

    /// An allowance as it was committed; nil when it is not known here.
    func allowance(_ key: AllowanceKey) -> Allowance? { self.state.withLock { $0.allowances[key] } }

    /// - Parameter generation: as it was before the row was read.
    func remember(_ allowance: Allowance, read generation: Int) {
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.allowances.count >= 100_000 { state.allowances = [:] }
            state.allowances[
                AllowanceKey(budget: allowance.budget, subject: allowance.subject, period: allowance.period)
            ] = allowance
        }
    }
}
