import Kernel
import Storage

/// Which budgets somebody may see: admins all of the tenant, others their own and those of their agents.
struct BudgetVisibility: Sendable {
    private let actor: GatewayActor
    private let agents: Set<String>

    init(of actor: GatewayActor, in tx: Transaction) throws {
        self.actor = actor
        guard let user = actor.ownUser else {
            self.agents = []
            return
        }
        let usable = try tx.agents.list(of: actor.tenant.id, usableBy: user, ListPage(limit: 200)).items
        self.agents = Set(usable.filter { $0.owner == user }.map(\.id.text))
    }

    func sees(_ budget: Budget, of subject: String) -> Bool {
        guard let user = self.actor.ownUser else { return true }
        return switch budget.scope {
        case .tenant: false
        case .key: subject == self.actor.key?.id.text
        case .agent: self.agents.contains(subject)
        case .user: subject == user
        case .agentUser: subject.bytewise.cut(at: " ").after.map { $0 == user } ?? false
        }
    }
}
