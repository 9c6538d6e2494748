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
        var tenants: [ID<Tenant>: [Budget]] = [:]
        var allowances: [AllowanceKey: Allowance] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(Self.topic) { [weak self] _ in
            self?.state.withLock { state in
                state.tenants = [:]
                state.allowances = [:]
                state.generation += 1
            }
        }
    }

    /// Those that bind a spender, the same for the same question.
    func binding(_ spender: Spender) async throws -> [BoundBudget] {
        try await self.list(spender.tenant).compactMap { budget in
            spender.subject(of: budget).map { BoundBudget(budget: budget, subject: $0) }
        }
    }

    private func list(_ tenant: ID<Tenant>) async throws -> [Budget] {
        let (known, generation) = self.state.withLock { ($0.tenants[tenant], $0.generation) }
        if let known { return known }
        let budgets = try await self.database.read { try $0.budgets.list(of: tenant) }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.tenants.count >= 1000 { state.tenants = [:] }
            state.tenants[tenant] = budgets
        }
        return budgets
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
