import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct TeamRoutes: Sendable {
    let database: any Database
    let service: TeamService

    private static let tag = "Team Management"
    private static let base = "/api/v1/teams"
    private static let one = "/api/v1/teams/{team_id}"

    var endpoints: [Endpoint] { self.teams + self.members + self.rules + self.gates }

    // MARK: Teams

    private var teams: [Endpoint] {
        [
            Endpoint(.post, Self.base, "Create a team", tag: Self.tag, access: .anyKey, status: .created, self.create),
            Endpoint(.get, Self.base, "List your teams", tag: Self.tag, access: .optional, self.list),
            Endpoint(.get, Self.one, "Get a team", tag: Self.tag, access: .open, self.get),
            Endpoint(.patch, Self.one, "Update a team", tag: Self.tag, access: .anyKey, self.update),
            Endpoint(.delete, Self.one, "Archive a team", tag: Self.tag, access: .anyKey, self.archive),
            Endpoint(
                .post,
                Self.one + "/route",
                "Route a task to a member",
                tag: Self.tag,
                access: .anyKey,
                self.route
            ),
        ]
    }

    @Sendable private func create(_ input: CreateTeam, _ caller: Caller, _ call: Call) async throws -> TeamCreated {
        TeamCreated(
            try await self.service.create(
                name: input.name,
                description: input.description,
                config: JSON.text(of: .object(input.config)),
                by: caller
            )
        )
    }

    /// Nobody has no teams.
    @Sendable private func list(_ input: ListTeams, _ caller: Caller?, _: Call) async throws -> TeamList {
        guard let caller = caller else { return TeamList([]) }
        return TeamList(try await self.database.read { try $0.teams.list(of: caller.identity, limit: input.limit) })
    }

    @Sendable private func get(_ input: TeamPath, _ call: Call) async throws -> TeamDetail {
        try await self.database.read { tx in
            TeamDetail(
                try tx.teams.require(input.id),
                members: try tx.teams.list(membersOf: input.id),
                rules: try tx.teams.list(rulesOf: input.id),
                gates: try tx.teams.list(gatesOf: input.id)
            )
        }
    }

    @Sendable private func update(_ input: UpdateTeam, _ caller: Caller, _ call: Call) async throws -> TeamOutput {
        TeamOutput(
            try await self.service.update(
                input.id,
                name: input.name,
                description: input.description,
                config: input.config.map { JSON.text(of: .object($0)) },
                by: caller
            )
        )
    }

    @Sendable private func archive(_ input: TeamPath, _ caller: Caller, _ call: Call) async throws -> TeamArchived {
        try await self.service.archive(input.id, by: caller)
        return TeamArchived(input.id)
    }

    @Sendable private func route(_ input: RouteTask, _: Caller, _ call: Call) async throws -> RoutedTask {
        let routing = try await self.database.read { tx in
            guard try tx.teams.require(input.team).status == .active else { throw MarketProblems.teamNotFound }
            return TeamRouting(
                rules: try tx.teams.list(rulesOf: input.team),
                members: try tx.teams.list(activeMembersOf: input.team)
            )
        }
        return RoutedTask(input.team, routing.route(input.text, skills: input.skills))
    }

    // MARK: Members

    private var members: [Endpoint] {
        let path = Self.one + "/members"
        return [
            Endpoint(.post, path, "Add a member", tag: Self.tag, access: .anyKey, status: .created, self.addMember),
            Endpoint(.get, path, "List members", tag: Self.tag, access: .open, self.listMembers),
            Endpoint(
                .delete,
                path + "/{agent_id}",
                "Remove a member",
                tag: Self.tag,
                access: .anyKey,
                self.removeMember
            ),
        ]
    }

    @Sendable private func addMember(_ input: AddMember, _ caller: Caller, _ call: Call) async throws -> MemberAdded {
        MemberAdded(
            try await self.service.addMember(
                input.agent,
                as: input.role,
                skills: input.skills,
                to: input.team,
                by: caller
            )
        )
    }

    @Sendable private func listMembers(_ input: TeamPath, _ call: Call) async throws -> MemberList {
        try await self.database.read { tx in
            _ = try tx.teams.require(input.id)
            return MemberList(try tx.teams.list(membersOf: input.id))
        }
    }

    @Sendable private func removeMember(_ input: MemberPath, _ caller: Caller, _ call: Call) async throws -> PartRemoved
    {
        try await self.service.removeMember(input.agent, of: input.team, by: caller)
        return PartRemoved()
    }

    // MARK: Rules

    private var rules: [Endpoint] {
        let path = Self.one + "/rules"
        return [
            Endpoint(.post, path, "Add a routing rule", tag: Self.tag, access: .anyKey, status: .created, self.addRule),
            Endpoint(.get, path, "List routing rules", tag: Self.tag, access: .open, self.listRules),
            Endpoint(
                .delete,
                path + "/{rule_id}",
                "Delete a routing rule",
                tag: Self.tag,
                access: .anyKey,
                self.removeRule
            ),
        ]
    }

    @Sendable private func addRule(_ input: AddRule, _ caller: Caller, _ call: Call) async throws -> RuleAdded {
        RuleAdded(
            try await self.service.addRule(
                input.name,
                keywords: input.keywords,
                target: input.target,
                priority: input.priority,
                to: input.team,
                by: caller
            )
        )
    }

    @Sendable private func listRules(_ input: TeamPath, _ call: Call) async throws -> RuleList {
        try await self.database.read { tx in
            _ = try tx.teams.require(input.id)
            return RuleList(try tx.teams.list(rulesOf: input.id))
        }
    }

    @Sendable private func removeRule(_ input: RulePath, _ caller: Caller, _ call: Call) async throws -> PartRemoved {
        try await self.service.removeRule(input.rule, of: input.team, by: caller)
        return PartRemoved()
    }

    // MARK: Gates

    private var gates: [Endpoint] {
        let path = Self.one + "/gates"
        return [
            Endpoint(.post, path, "Add a quality gate", tag: Self.tag, access: .anyKey, status: .created, self.addGate),
            Endpoint(.get, path, "List quality gates", tag: Self.tag, access: .open, self.listGates),
            Endpoint(
                .delete,
                path + "/{gate_id}",
                "Delete a quality gate",
                tag: Self.tag,
                access: .anyKey,
                self.removeGate
            ),
            Endpoint(
                .post,
                path + "/check",
                "Check measures against the gates",
                tag: Self.tag,
                access: .anyKey,
                self.checkGates
            ),
        ]
    }

    @Sendable private func addGate(_ input: AddGate, _ caller: Caller, _ call: Call) async throws -> GateAdded {
        GateAdded(
            try await self.service.addGate(
                input.type,
                thresholdMicros: input.thresholdMicros,
                order: input.order,
                config: JSON.text(of: .object(input.config)),
                to: input.team,
                by: caller
            )
        )
    }

    @Sendable private func listGates(_ input: TeamPath, _ call: Call) async throws -> GateList {
        try await self.database.read { tx in
            _ = try tx.teams.require(input.id)
            return GateList(try tx.teams.list(gatesOf: input.id))
        }
    }

    @Sendable private func removeGate(_ input: GatePath, _ caller: Caller, _ call: Call) async throws -> PartRemoved {
        try await self.service.removeGate(input.gate, of: input.team, by: caller)
        return PartRemoved()
    }

    @Sendable private func checkGates(_ input: CheckGates, _: Caller, _ call: Call) async throws -> GatesChecked {
        let gates = try await self.database.read { tx in
            guard try tx.teams.require(input.team).status == .active else { throw MarketProblems.teamNotFound }
            return try tx.teams.list(gatesOf: input.team)
        }
        return GatesChecked(input.team, gates.filter(\.isEnabled).map { $0.check(input.measures) })
    }
}
