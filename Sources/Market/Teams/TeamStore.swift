import Kernel
import Platform
import Storage

struct TeamStore {
    let tx: Transaction

    // MARK: Teams

    func find(_ id: ID<Team>) throws -> Team? {
        try self.tx.row("SELECT \(raw: Team.columns) \(Self.from) WHERE t.id = \(id)")
    }

    /// Throws `teamNotFound`.
    func require(_ id: ID<Team>) throws -> Team {
        guard let team = try self.find(id) else { throw MarketProblems.teamNotFound }
        return team
    }

    /// Newest first; archived ones are left out.
    func list(of owner: ID<Identity>, limit: Int) throws -> [Team] {
        try self.tx.rows(
            """
            SELECT \(raw: Team.columns) \(Self.from) WHERE t.owner_id = \(owner) AND t.status = 'active'
            ORDER BY t.created_at DESC, t.id DESC LIMIT \(limit)
            """
        )
    }

    func insert(_ team: Team) throws {
        try self.tx.execute(
            """
            INSERT INTO market_team (id, owner_id, name, description, config, status, created_at, updated_at)
            VALUES (\(team.id), \(team.owner), \(team.name), \(team.description), \(team.config), \(team.status),
                \(team.createdAt), \(team.updatedAt))
            """
        )
    }

    func update(_ team: Team) throws {
        try self.tx.execute(
            """
            UPDATE market_team SET name = \(team.name), description = \(team.description), config = \(team.config),
                status = \(team.status), updated_at = \(team.updatedAt)
            WHERE id = \(team.id)
            """
        )
    }

    private static let from: SQL = "FROM market_team t JOIN identity ON identity.id = t.owner_id"

    // MARK: Members

    /// In the order in which they joined.
    func list(membersOf team: ID<Team>) throws -> [TeamMember] {
        try self.tx.rows(
            "SELECT \(raw: TeamMember.columns) FROM market_team_member m WHERE m.team_id = \(team) ORDER BY m.joined_at, m.id"
        )
    }

    /// Those whose agents are active.
    func list(activeMembersOf team: ID<Team>) throws -> [TeamMember] {
        try self.tx.rows(
            """
            SELECT \(raw: TeamMember.columns) FROM market_team_member m JOIN market_agent a ON a.id = m.agent_id
            WHERE m.team_id = \(team) AND a.status = 'active' ORDER BY m.joined_at, m.id
            """
        )
    }

    /// Throws `StorageError.constraint` named `market_team_member_team_id_agent_id` when the agent is there already.
    func insert(_ member: TeamMember) throws {
        try self.tx.execute(
            """
            INSERT INTO market_team_member (id, team_id, agent_id, role, skills, joined_at)
            VALUES (\(member.id), \(member.team), \(member.agent), \(member.role), \(try JSON.text(member.skills)),
                \(member.joinedAt))
            """
        )
    }

    /// Whether the agent was a member.
    func delete(member agent: ID<Agent>, of team: ID<Team>) throws -> Bool {
        try self.tx.count("DELETE FROM market_team_member WHERE team_id = \(team) AND agent_id = \(agent)") == 1
    }

    // MARK: Rules

    /// By priority, the highest first; among equals the older one.
    func list(rulesOf team: ID<Team>) throws -> [RoutingRule] {
        try self.tx.rows(
            """
            SELECT \(raw: RoutingRule.columns) FROM market_team_rule WHERE team_id = \(team)
            ORDER BY priority DESC, created_at, id
            """
        )
    }

    func insert(_ rule: RoutingRule) throws {
        try self.tx.execute(
            """
            INSERT INTO market_team_rule (id, team_id, name, keywords, target_agent_id, priority, enabled, created_at)
            VALUES (\(rule.id), \(rule.team), \(rule.name), \(try JSON.text(rule.keywords)), \(rule.target),
                \(rule.priority), \(rule.isEnabled), \(self.tx.now))
            """
        )
    }

    /// Whether the team had the rule.
    func delete(rule: ID<RoutingRule>, of team: ID<Team>) throws -> Bool {
        try self.tx.count("DELETE FROM market_team_rule WHERE id = \(rule) AND team_id = \(team)") == 1
    }

    // MARK: Gates

    /// In the order in which they are checked.
    func list(gatesOf team: ID<Team>) throws -> [QualityGate] {
        try self.tx.rows(
            """
            SELECT \(raw: QualityGate.columns) FROM market_team_gate WHERE team_id = \(team)
            ORDER BY gate_order, created_at, id
            """
        )
    }

    func insert(_ gate: QualityGate) throws {
        try self.tx.execute(
            """
            INSERT INTO market_team_gate (id, team_id, gate_type, threshold_micros, gate_order, config, enabled,
                created_at)
            VALUES (\(gate.id), \(gate.team), \(gate.type), \(gate.thresholdMicros), \(gate.order), \(gate.config),
                \(gate.isEnabled), \(self.tx.now))
            """
        )
    }

    /// Whether the team had the gate.
    func delete(gate: ID<QualityGate>, of team: ID<Team>) throws -> Bool {
        try self.tx.count("DELETE FROM market_team_gate WHERE id = \(gate) AND team_id = \(team)") == 1
    }
}

extension Transaction {
    var teams: TeamStore { TeamStore(tx: self) }
}
