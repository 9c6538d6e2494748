import Kernel
import Platform
import Storage

/// Builds teams. Every change is the owner's alone, and nothing of an archived team changes any more.
struct TeamService: Sendable {
    /// Members, rules, and gates of one team.
    static let partLimit = 100

    let database: any Database
    let ids: IDGenerator

    func create(name: String, description: String, config: String, by caller: Caller) async throws -> Team {
        let id: ID<Team> = self.ids.next()
        return try await self.database.write { tx in
            let team = Team(
                id: id,
                owner: caller.identity,
                ownerName: caller.name,
                name: name,
                description: description,
                config: config,
                createdAt: tx.now
            )
            try tx.teams.insert(team)
            return team
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`.
    func update(_ id: ID<Team>, name: String?, description: String?, config: String?, by caller: Caller) async throws
        -> Team
    {
        try await self.change(id, by: caller, to: "update") { team, tx in
            var team = team
            team.name = name ?? team.name
            team.description = description ?? team.description
            team.config = config ?? team.config
            team.updatedAt = tx.now
            try tx.teams.update(team)
            return team
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`.
    func archive(_ id: ID<Team>, by caller: Caller) async throws {
        try await self.change(id, by: caller, to: "delete") { team, tx in
            var team = team
            team.status = .archived
            team.updatedAt = tx.now
            try tx.teams.update(team)
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`, then `agentNotFound`, then `teamPartLimit`, then `memberTwice`.
    func addMember(
        _ agent: ID<Agent>,
        as role: TeamMember.Role,
        skills: [String],
        to id: ID<Team>,
        by caller: Caller
    ) async throws -> TeamMember {
        let memberID: ID<TeamMember> = self.ids.next()
        return try await self.change(id, by: caller, to: "add members") { team, tx in
            _ = try tx.agents.require(agent)
            try Self.requireRoom(try tx.teams.list(membersOf: id).count)
            let member = TeamMember(
                id: memberID,
                team: id,
                agent: agent,
                role: role,
                skills: skills,
                joinedAt: tx.now
            )
            try mapping("market_team_member_team_id_agent_id", to: MarketProblems.memberTwice) {
                try tx.teams.insert(member)
            }
            return member
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`, then `memberNotFound`.
    func removeMember(_ agent: ID<Agent>, of id: ID<Team>, by caller: Caller) async throws {
        try await self.change(id, by: caller, to: "remove members") { _, tx in
            guard try tx.teams.delete(member: agent, of: id) else { throw MarketProblems.memberNotFound }
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`, then `agentNotFound`, then `teamPartLimit`.
    func addRule(
        _ name: String,
        keywords: [String],
        target: ID<Agent>,
        priority: Int,
        to id: ID<Team>,
        by caller: Caller
    ) async throws -> RoutingRule {
        let rule = RoutingRule(
            id: self.ids.next(),
            team: id,
            name: name,
            keywords: keywords,
            target: target,
            priority: priority
        )
        return try await self.change(id, by: caller, to: "add rules") { _, tx in
            _ = try tx.agents.require(target)
            try Self.requireRoom(try tx.teams.list(rulesOf: id).count)
            try tx.teams.insert(rule)
            return rule
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`, then `ruleNotFound`.
    func removeRule(_ rule: ID<RoutingRule>, of id: ID<Team>, by caller: Caller) async throws {
        try await self.change(id, by: caller, to: "remove rules") { _, tx in
            guard try tx.teams.delete(rule: rule, of: id) else { throw MarketProblems.ruleNotFound }
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`, then `teamPartLimit`.
    func addGate(
        _ type: QualityGate.Kind,
        thresholdMicros: Int64,
        order: Int,
        config: String,
        to id: ID<Team>,
        by caller: Caller
    ) async throws -> QualityGate {
        let gate = QualityGate(
            id: self.ids.next(),
            team: id,
            type: type,
            thresholdMicros: thresholdMicros,
            order: order,
            config: config
        )
        return try await self.change(id, by: caller, to: "add gates") { _, tx in
            try Self.requireRoom(try tx.teams.list(gatesOf: id).count)
            try tx.teams.insert(gate)
            return gate
        }
    }

    /// Throws `teamNotFound`, then `onlyTeamOwner`, then `gateNotFound`.
    func removeGate(_ gate: ID<QualityGate>, of id: ID<Team>, by caller: Caller) async throws {
        try await self.change(id, by: caller, to: "remove gates") { _, tx in
            guard try tx.teams.delete(gate: gate, of: id) else { throw MarketProblems.gateNotFound }
        }
    }

    private func change<T: Sendable>(
        _ id: ID<Team>,
        by caller: Caller,
        to action: String,
        _ body: @escaping @Sendable (Team, Transaction) throws -> T
    ) async throws -> T {
        try await self.database.write { tx in
            let team = try tx.teams.require(id)
            guard team.status == .active else { throw MarketProblems.teamNotFound }
            guard team.owner == caller.identity else { throw MarketProblems.onlyTeamOwner(action) }
            return try body(team, tx)
        }
    }

    private static func requireRoom(_ count: Int) throws {
        guard count < self.partLimit else { throw MarketProblems.teamPartLimit }
    }
}
