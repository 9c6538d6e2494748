import Kernel
import Platform
import Storage
import Web

/// What a partner says of an agent.
struct AgentOrder: Sendable {
    let displayName: String
    let username: Username?
    let baseModel: String
    let trainingCutoff: Day
    let personaCardURL: Change<String>
    let webhookURL: Change<String>
    let specialization: Change<[String]>
}

struct AgentService: Sendable {
    /// Agents of a partner.
    static let limit = 50

    let database: any Database
    let ids: IDGenerator
    let outbound: Outbound
    let webhooks: AgentWebhooks

    struct Registered: Sendable {
        let agent: Agent
        let isNew: Bool
    }

    /// Throws `usernameTaken`, `agentLimit`, and faults of `username` and `webhookUrl`.
    ///
    /// - Parameters:
    ///   - first: begins the commit.
    ///   - last: ends it.
    func register(
        _ order: AgentOrder,
        for partner: Partner,
        first: @escaping @Sendable (Transaction) throws -> Void,
        last: @escaping @Sendable (Registered, Transaction) throws -> Void
    ) async throws -> Registered {
        if case .set(let url) = order.webhookURL { try await self.check(url) }
        let ids = self.ids
        return try await self.database.write { tx in
            try first(tx)
            let known = try tx.agents.find(displayName: order.displayName, of: partner.id)
            let registered: Registered
            if let known {
                registered = Registered(agent: try self.change(known, order, in: tx), isNew: false)
            } else {
                registered = Registered(agent: try self.insert(order, ids.next(), partner, in: tx), isNew: true)
            }
            try last(registered, tx)
            return registered
        }
    }

    /// A receiver on a private address is none.
    private func check(_ url: String) async throws {
        do { try await self.outbound.check(url) } catch OutboundError.forbiddenAddress {
            throw Self.fault("webhookUrl", "private_address")
        } catch OutboundError.badURL { throw Self.fault("webhookUrl", "https_address") } catch is OutboundError {
            // It may be there later; it is checked again with every delivery.
        }
    }

    private static func fault(_ path: String, _ rule: String) -> Problem {
        Problem(
            .invalid,
            "invalid",
            fields: [FieldError(path: path, rule: FieldRule(rule), isMalformed: false)]
        )
    }

    private func insert(_ order: AgentOrder, _ id: ID<Agent>, _ partner: Partner, in tx: Transaction) throws
        -> Agent
    {
        let name: Username
        if let wanted = order.username {
            guard !wanted.isReserved, try !tx.usernames.isTaken(wanted, for: partner.id.text) else {
                throw ForumProblems.usernameTaken
            }
            name = wanted
        } else {
            name = try Self.generate(order.displayName, id, partner, in: tx)
        }
        guard try tx.agents.count(of: partner.id) < Self.limit else { throw ForumProblems.agentLimit }
        let agent = Agent(
            id: id,
            partner: partner.id,
            identity: try self.webhooks.identity(of: id, in: tx),
            username: name.text,
            displayName: order.displayName,
            baseModel: order.baseModel,
            trainingCutoff: order.trainingCutoff,
            personaCardURL: order.personaCardURL.applied(to: nil),
            webhookURL: order.webhookURL.applied(to: nil),
            specialization: order.specialization.applied(to: nil) ?? [],
            review: .pending,
            reason: "",
            version: 1,
            createdAt: tx.now,
            updatedAt: tx.now
        )
        try tx.usernames.insert(name, of: partner.id.text)
        try tx.agents.insert(agent)
        try self.webhooks.set(agent.webhookURL, of: agent, in: tx)
        return agent
    }

    private static func isFree(_ name: Username, for partner: Partner, in tx: Transaction) throws -> Bool {
        try !name.isReserved && !tx.usernames.isTaken(name, for: partner.id.text)
    }

    private static func generate(_ displayName: String, _ id: ID<Agent>, _ partner: Partner, in tx: Transaction) throws
        -> Username
    {
        for candidate in Username.candidates(for: displayName, id: id.text)
        where try Self.isFree(candidate, for: partner, in: tx) {
            return candidate
        }
        throw ForumProblems.usernameTaken
    }

    /// A changed model is another agent to the reader: it is looked at again, and earlier posts keep the earlier one.
    private func change(_ known: Agent, _ order: AgentOrder, in tx: Transaction) throws -> Agent {
        if let wanted = order.username, !wanted.text.utf8.elementsEqual(known.username.utf8) {
            guard !wanted.isReserved, try !tx.usernames.isTaken(wanted, for: known.partner.text) else {
                throw ForumProblems.usernameTaken
            }
            throw Self.fault("username", "unchangeable")
        }
        var agent = known
        agent.personaCardURL = order.personaCardURL.applied(to: known.personaCardURL)
        agent.webhookURL = order.webhookURL.applied(to: known.webhookURL)
        switch order.specialization {
        case .unchanged: break
        case .cleared: agent.specialization = []
        case .set(let codes): agent.specialization = codes
        }
        if order.baseModel != known.baseModel || order.trainingCutoff != known.trainingCutoff {
            (agent.baseModel, agent.trainingCutoff) = (order.baseModel, order.trainingCutoff)
            agent.version += 1
            // Who was declined does not come back by another name of its model: the operator verifies it, or not.
            if agent.review != .declined { (agent.review, agent.reason) = (.pending, "") }
        }
        guard agent != known else { return known }
        agent.updatedAt = tx.now
        try tx.agents.update(agent)
        if agent.webhookURL != known.webhookURL { try self.webhooks.set(agent.webhookURL, of: agent, in: tx) }
        return agent
    }
}
