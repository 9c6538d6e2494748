import Kernel
import Platform
import Storage
import Web

/// Makes, changes and deletes agents.
struct AgentService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let tools: [ToolTraits]
    /// Ends the runs of an agent.
    let stopRuns: @Sendable (Agent) -> Void

    /// What is set of an agent; what is nil stays as it is.
    struct Changes: Sendable {
        var key: String?
        var displayName: String?
        var provider: String?
        var model: String?
        var status: Agent.Status?
        var isDefault: Bool?
        var owner: String?
        var kind: Agent.Kind?
        var contextWindow: Int?
        var maximumTokens: Int?
        var maximumIterations: Int?
        var thinking: ThinkingLevel?
        var fallback: [ModelChoice]?
        var emoji: String?
        var frontmatter: String?
        var description: String?
        var systemPrompt: String?
        /// `.some(nil)` takes the limit away.
        var monthlyBudget: Dollars??
        var objects: [String: JSONValue] = [:]
        /// Names of what is set.
        var fields: [String] = []
    }

    /// Throws `userRequired`, `adminRequired`, `noProvider`, `agentProviderUnknown`, `toolUnknown`, `budgetRaise`, `agentExists`.
    func create(
        _ changes: Changes,
        by actor: GatewayActor,
        first: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        last: @escaping @Sendable (Agent, Transaction) throws -> Void = { _, _ in }
    ) async throws -> Agent {
        guard let owner = actor.user ?? (actor.isAdmin ? changes.owner : nil) else {
            throw GatewayProblems.userRequired
        }
        if changes.isDefault == true, !actor.isAdmin { throw GatewayProblems.adminRequired }
        var objects = changes.objects
        if objects["tools_config"] == nil { objects["tools_config"] = ["profile": "safe"] }
        let settled = objects
        return try await self.database.write { tx in
            try first(tx)
            let choice = try self.choice(changes, actor.tenant.id, in: tx)
            let key = changes.key ?? ""
            var agent = Agent(
                id: self.ids.next(),
                tenant: actor.tenant.id,
                key: key,
                owner: owner,
                displayName: changes.displayName ?? "",
                provider: choice.provider,
                model: choice.model,
                status: .active,
                isDefault: false,
                details: .init(objects: settled),
                createdAt: tx.now,
                updatedAt: tx.now
            )
            try self.apply(changes, to: &agent, instead: [:], actor, in: tx)
            if agent.isDefault { try tx.agents.clearDefault(of: agent.tenant) }
            try tx.agents.insert(agent)
            var files = ContextFile.templates(name: agent.name, description: agent.details.description)
            if let prompt = changes.systemPrompt { files["AGENTS.md"] = prompt }
            for (name, text) in files.sorted(by: { $0.key < $1.key }) {
                try tx.contextFiles.put(name, text, of: agent, user: ContextFile.agentsOwn)
            }
            if let limit = changes.monthlyBudget { try self.setBudget(of: agent, to: limit, actor, in: tx) }
            try self.setUserBudget(of: agent, changes, actor, in: tx)
            try tx.activity.record(
                actor.activity,
                "created",
                of: "agent",
                agent.id.text,
                details: ["agent_key": .string(agent.key)]
            )
            try last(agent, tx)
            return agent
        }
    }

    /// A provider that there is and that is used; where none is named, the tenant's first one.
    private func choice(_ changes: Changes, _ tenant: ID<Tenant>, in tx: Transaction) throws -> ModelChoice {
        let usable = try tx.providers.list(of: tenant).filter(\.isEnabled).reversed()
        if let name = changes.provider {
            guard let known = usable.first(where: { $0.name == name }) else {
                throw GatewayProblems.agentProviderUnknown
            }
            guard let model = changes.model ?? known.defaultModel.nonEmpty else {
                throw GatewayProblems.agentProviderUnknown
            }
            return ModelChoice(provider: name, model: model)
        }
        let first = usable.first { $0.wire != .echo && !$0.defaultModel.isEmpty } ?? usable.first
        guard let first else { throw GatewayProblems.noProvider }
        return ModelChoice(provider: first.name, model: changes.model ?? first.defaultModel)
    }

    /// Throws `agentNotFound`, `agentNotOwned`, `versionChanged`, then the problems of ``create(_:by:first:last:)``.
    func update(_ name: String, _ changes: Changes, by actor: GatewayActor, ifMatch: String? = nil) async throws
        -> Agent
    {
        try await self.database.write { tx in
            guard var agent = try tx.agents.find(name, of: actor.tenant.id) else { throw GatewayProblems.agentNotFound }
            try AgentAccess.requireOwner(of: agent, actor)
            let version = agent.updatedAt.version
            try EntityTag.require(ifMatch, version: version, else: GatewayProblems.versionChanged)
            if changes.isDefault == true, !actor.isAdmin { throw GatewayProblems.adminRequired }
            let before = agent
            if changes.provider != nil || changes.model != nil {
                var wanted = changes
                if wanted.provider == nil { wanted.provider = agent.provider }
                let choice = try self.choice(wanted, actor.tenant.id, in: tx)
                (agent.provider, agent.model) = (choice.provider, choice.model)
            }
            try self.apply(changes, to: &agent, instead: before.details.objects, actor, in: tx)
            if agent.isDefault, !before.isDefault { try tx.agents.clearDefault(of: agent.tenant) }
            if agent.key != before.key {
                try tx.agents.insert(alias: before.key, of: agent)
                try tx.apiKeys.rename(agent: before.key, to: agent.key, of: agent.tenant)
            }
            agent.updatedAt = tx.now
            try tx.agents.update(agent)
            if let prompt = changes.systemPrompt {
                try tx.contextFiles.put("AGENTS.md", prompt, of: agent, user: ContextFile.agentsOwn)
            }
            if agent.displayName != before.displayName { try self.rename(agent, in: tx) }
            if let limit = changes.monthlyBudget { try self.setBudget(of: agent, to: limit, actor, in: tx) }
            try self.setUserBudget(of: agent, changes, actor, in: tx)
            try tx.activity.record(actor.activity, "updated", of: "agent", agent.id.text, fields: changes.fields)
            return agent
        }
    }

    /// The name's line of who the agent is.
    private func rename(_ agent: Agent, in tx: Transaction) throws {
        let text = try tx.contextFiles.find("IDENTITY.md", of: agent.id, user: ContextFile.agentsOwn) ?? ""
        var lines = text.bytewise.split("\n", keepsEmpty: true).map(String.init)
        let line = "Name: \(agent.name)"
        if let place = lines.firstIndex(where: { $0.bytewise.starts(with: "Name:") }) {
            lines[place] = line
        } else {
            lines.insert(line, at: 0)
        }
        try tx.contextFiles.put("IDENTITY.md", lines.joined(separator: "\n"), of: agent, user: ContextFile.agentsOwn)
    }

    private func apply(
        _ changes: Changes,
        to agent: inout Agent,
        instead old: [String: JSONValue],
        _ actor: GatewayActor,
        in tx: Transaction
    ) throws {
        if let config = changes.objects["tools_config"] {
            if let unknown = ToolPolicy.faults(config, known: Set(self.tools.map(\.name))).first {
                throw GatewayProblems.toolUnknown(unknown)
            }
            let before = old["tools_config"] ?? [:]
            if !actor.isAdmin, ToolPolicy.needsAdmin(config, instead: before, self.tools) {
                throw GatewayProblems.adminRequired
            }
        }
        for choice in changes.fallback ?? [] {
            guard try tx.providers.find(name: choice.provider, of: agent.tenant) != nil else {
                throw GatewayProblems.agentProviderUnknown
            }
        }
        if let key = changes.key { agent.key = key }
        if let name = changes.displayName { agent.displayName = name }
        if let status = changes.status { agent.status = status }
        if let isDefault = changes.isDefault { agent.isDefault = isDefault }
        if let kind = changes.kind { agent.details.kind = kind }
        if let window = changes.contextWindow { agent.details.contextWindow = window }
        if let tokens = changes.maximumTokens { agent.details.maximumTokens = tokens }
        if let limit = changes.maximumIterations { agent.details.maximumIterations = limit }
        if let thinking = changes.thinking { agent.details.thinking = thinking }
        if let fallback = changes.fallback { agent.details.fallback = fallback }
        if let emoji = changes.emoji { agent.details.emoji = emoji }
        if let text = changes.frontmatter { agent.details.frontmatter = text }
        if let text = changes.description { agent.details.description = text }
        agent.details.objects.merge(changes.objects) { $1 }
    }

    /// What each user of the agent has a month: `other_config.user_budget_monthly_cents`.
    private func setUserBudget(of agent: Agent, _ changes: Changes, _ actor: GatewayActor, in tx: Transaction) throws {
        guard let config = changes.objects["other_config"] else { return }
        let cents = config["user_budget_monthly_cents"]?.integer
        let subject = "\(agent.id) \(Budget.everyone)"
        let isSet = try tx.budgets.find(agent.tenant, .agentUser, subject, .month) != nil
        guard cents != nil || isSet else { return }
        let limit = cents.map { Dollars(cents: Int(max(0, min(100_000_000, $0)))) }
        try self.setBudget(of: agent, .agentUser, subject, to: limit, actor, in: tx)
    }

    private func setBudget(of agent: Agent, to limit: Dollars?, _ actor: GatewayActor, in tx: Transaction) throws {
        try self.setBudget(of: agent, .agent, agent.id.text, to: limit, actor, in: tx)
    }

    /// Whoever is no admin may only set a lower one. Throws `budgetRaise`.
    private func setBudget(
        of agent: Agent,
        _ scope: Budget.Scope,
        _ subject: String,
        to limit: Dollars?,
        _ actor: GatewayActor,
        in tx: Transaction
    ) throws {
        let known = try tx.budgets.find(agent.tenant, scope, subject, .month)
        if !actor.isAdmin {
            guard let limit, known.map({ limit <= $0.limit }) ?? true else { throw GatewayProblems.budgetRaise }
        }
        switch (known, limit) {
        case (var known?, let limit?):
            known.limit = limit
            try tx.budgets.update(known)
        case (let known?, nil): try tx.budgets.delete(known)
        case (nil, let limit?):
            try tx.budgets.insert(
                Budget(
                    id: self.ids.next(),
                    tenant: agent.tenant,
                    scope: scope,
                    subject: subject,
                    period: .month,
                    limit: limit,
                    createdAt: tx.now
                )
            )
        case (nil, nil): break
        }
    }

    /// Its runs end, it is hidden at once, and what it has written is erased later; traces, usage and money stay. Throws
    /// `agentNotFound`, `agentNotOwned`, `agentIsDefault`.
    func delete(_ name: String, by actor: GatewayActor, ifMatch: String? = nil) async throws {
        let agent = try await self.database.write { tx in
            guard let agent = try tx.agents.find(name, of: actor.tenant.id) else { throw GatewayProblems.agentNotFound }
            try AgentAccess.requireOwner(of: agent, actor)
            let version = agent.updatedAt.version
            try EntityTag.require(ifMatch, version: version, else: GatewayProblems.versionChanged)
            guard !agent.isDefault else { throw GatewayProblems.agentIsDefault }
            try tx.agents.delete(agent)
            try tx.activity.record(
                actor.activity,
                "deleted",
                of: "agent",
                agent.id.text,
                details: ["agent_key": .string(agent.key)]
            )
            return agent
        }
        self.stopRuns(agent)
    }
}
