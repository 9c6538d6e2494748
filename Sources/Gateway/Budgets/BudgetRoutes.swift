import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What models may cost: by tenant, key, agent and user, in a day or a month.
struct BudgetRoutes: Sendable {
    static let tag = "Budgets"

    let database: any Database
    let actors: ActorReader
    let ids: IDGenerator

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/budgets", tag: Self.tag, self.list),
            Endpoint(.put, "/v1/budgets", tag: Self.tag, self.set),
        ]
    }

    var list: Operation<NoInput, BudgetList> {
        .acting(
            "List budgets: all of the tenant for admins, one's own for others",
            needs: .scope(.read),
            by: self.actors
        ) {
            _,
            actor,
            _ in
            let reports = try await self.database.read { tx in
                let budgets = try tx.budgets.list(of: actor.tenant.id)
                let reports = try budgets.flatMap { try BudgetReport.of($0, in: tx) }
                let sight = try BudgetVisibility(of: actor, in: tx)
                return reports.filter { sight.sees($0.budget, of: $0.subject) }
            }
            return BudgetList(budgets: reports.map { BudgetOutput(report: $0) })
        }
    }

    struct SetInput: Input {
        let scope: Budget.Scope
        let subject: String
        let period: Budget.Period
        /// Nil for none.
        let limit: Dollars?

        init(_ read: inout InputReader) {
            let scopes = Budget.Scope.allCases.map(\.rawValue)
            self.scope =
                Budget.Scope(rawValue: read.body("scope", .string, "What it limits", .oneOf(scopes))) ?? .tenant
            self.subject = read.body(
                "subject",
                .string,
                "The id of the key or agent, the user, an agent's id and a user with a space between, or `*` for each one's own",
                .notBlank(),
                .atMost(600)
            )
            let periods = Budget.Period.allCases.map(\.rawValue)
            self.period =
                Budget.Period(rawValue: read.body("period", .string, "How often it begins anew", .oneOf(periods)))
                ?? .month
            let limit = read.nullableBody(
                "limit",
                .string,
                "US dollars in decimal; null takes the limit away",
                Rule(FieldRule("decimal"), schema: ["pattern": "^[0-9]{1,9}(\\.[0-9]{1,6})?$"]) {
                    Self.amount($0) != nil
                }
            )
            self.limit = limit.flatMap { Self.amount($0) }
        }

        private static func amount(_ text: String) -> Dollars? {
            guard let micros = try? Micros.parse(text), (0...1_000_000_000 * Micros.perUnit).contains(micros) else {
                return nil
            }
            return Dollars(micros)
        }
    }

    var set: Operation<SetInput, BudgetList> {
        .acting("Set a budget", needs: .scope(.admin), effect: .write, by: self.actors) { input, actor, _ in
            if input.scope == .tenant {
                guard actor.key == nil else { throw GatewayProblems.tokenRequired }
                guard [actor.tenant.id.text, Budget.everyone].contains(input.subject) else {
                    throw GatewayProblems.budgetScope
                }
            }
            let reports = try await self.database.write { tx -> [BudgetReport] in
                let subject = try Self.subject(input, actor.tenant, in: tx)
                let known = try tx.budgets.find(actor.tenant.id, input.scope, subject, input.period)
                // A key that could raise its own limit would be bound by nothing.
                if let known, input.scope == .key, subject == actor.key?.id.text {
                    guard let limit = input.limit, limit <= known.limit else { throw GatewayProblems.budgetRaise }
                }
                try tx.activity.record(
                    actor.activity,
                    "set",
                    of: "budget",
                    "\(input.scope.rawValue) \(subject) \(input.period.rawValue)",
                    fields: ["limit"]
                )
                if input.scope == .agent { try tx.agents.touch(ID(subject), of: actor.tenant.id) }
                guard let limit = input.limit else {
                    if let known { try tx.budgets.delete(known) }
                    return []
                }
                var budget =
                    known
                    ?? Budget(
                        id: self.ids.next(),
                        tenant: actor.tenant.id,
                        scope: input.scope,
                        subject: subject,
                        period: input.period,
                        limit: limit,
                        createdAt: tx.now
                    )
                budget.limit = limit
                if known == nil { try tx.budgets.insert(budget) } else { try tx.budgets.update(budget) }
                return try BudgetReport.of(budget, in: tx)
            }
            return BudgetList(budgets: reports.map { BudgetOutput(report: $0) })
        }.refusing(
            GatewayProblems.tokenRequired,
            GatewayProblems.budgetScope,
            GatewayProblems.budgetRaise,
            GatewayProblems.agentNotFound,
            GatewayProblems.keyNotFound
        )
    }
}

extension BudgetRoutes {
    /// Agents may be named by their keys. Throws `agentNotFound`, `keyNotFound`, `userInvalid`.
    private static func subject(_ input: SetInput, _ tenant: Tenant, in tx: Transaction) throws -> String {
        let agentID = { (name: String) in
            guard let agent = try tx.agents.find(name, of: tenant.id) else { throw GatewayProblems.agentNotFound }
            return agent.id.text
        }
        let user = { (name: String) in
            guard name == Budget.everyone || UserName.isValid(name) else { throw GatewayProblems.userInvalid }
            return name
        }
        if input.scope == .tenant { return tenant.id.text }
        if input.subject == Budget.everyone { return input.subject }
        switch input.scope {
        case .tenant: return tenant.id.text
        case .key:
            guard try tx.apiKeys.find(ID(input.subject), of: tenant.id) != nil else {
                throw GatewayProblems.keyNotFound
            }
            return input.subject
        case .agent: return try agentID(input.subject)
        case .user: return try user(input.subject)
        case .agentUser:
            let (agent, name) = input.subject.bytewise.cut(at: " ")
            return try "\(agentID(String(agent))) \(user(name.map(String.init) ?? ""))"
        }
    }
}

struct BudgetList: Answer {
    let budgets: [BudgetOutput]
    static let members: [Member<Self>] = [
        Member("budgets", \.budgets, "By scope and subject"), Member("total", \.budgets.count, "How many there are"),
    ]
}
