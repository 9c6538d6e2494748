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
            Endpoint(.post, Self.base, tag: Self.tag, status: .created, self.create),
            Endpoint(.get, Self.base, tag: Self.tag, self.list),
            Endpoint(.get, Self.one, tag: Self.tag, self.get),
            Endpoint(.patch, Self.one, tag: Self.tag, self.update),
            Endpoint(.delete, Self.one, tag: Self.tag, self.archive),
            Endpoint(.post, Self.one + "/route", tag: Self.tag, self.route),
        ]
    }

    var create: Operation<CreateTeam, TeamCreated> {
        Operation("Create a team", access: .anyKey, effect: .write) { input, caller, call in
            TeamCreated(
                try await self.service.create(
                    name: input.name,
                    description: input.description,
                    config: JSON.text(of: .object(input.config)),
                    by: caller
                )
            )
        }
    }

    /// Nobody has no teams.
    var list: Operation<ListTeams, TeamList> {
        Operation("List your teams", access: .optional) { input, caller, _ in
            guard let caller = caller else { return TeamList([]) }
            return TeamList(try await self.database.read { try $0.teams.list(of: caller.identity, limit: input.limit) })
        }
    }

    var get: Operation<TeamPath, TeamDetail> {
        Operation("Get a team", access: .open) { input, call in
            try await self.database.read { tx in
                TeamDetail(
                    try tx.teams.require(input.id),
                    members: try tx.teams.list(membersOf: input.id),
                    rules: try tx.teams.list(rulesOf: input.id),
                    gates: try tx.teams.list(gatesOf: input.id)
                )
            }
        }
        .refusing(MarketProblems.teamNotFound)
    }

    var update: Operation<UpdateTeam, TeamOutput> {
        Operation("Update a team", access: .anyKey, effect: .write) { input, caller, call in
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
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"))
    }

    var archive: Operation<TeamPath, TeamArchived> {
        Operation("Archive a team", access: .anyKey, effect: .write) { input, caller, call in
            try await self.service.archive(input.id, by: caller)
            return TeamArchived(input.id)
        }
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"))
    }

    var route: Operation<RouteTask, RoutedTask> {
        Operation("Route a task to a member", access: .anyKey, effect: .write) { input, _, call in
            let routing = try await self.database.read { tx in
                guard try tx.teams.require(input.team).status == .active else { throw MarketProblems.teamNotFound }
                return TeamRouting(
                    rules: try tx.teams.list(rulesOf: input.team),
                    members: try tx.teams.list(activeMembersOf: input.team)
                )
            }
            return RoutedTask(input.team, routing.route(input.text, skills: input.skills))
        }
        .refusing(MarketProblems.teamNotFound)
    }

    // MARK: Members

    private var members: [Endpoint] {
        let path = Self.one + "/members"
        return [
            Endpoint(.post, path, tag: Self.tag, status: .created, self.addMember),
            Endpoint(.get, path, tag: Self.tag, self.listMembers),
            Endpoint(.delete, path + "/{agent_id}", tag: Self.tag, self.removeMember),
        ]
    }

    var addMember: Operation<AddMember, MemberAdded> {
        Operation("Add a member", access: .anyKey, effect: .write) { input, caller, call in
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
        .refusing(
            MarketProblems.teamNotFound,
            MarketProblems.agentNotFound,
            MarketProblems.onlyTeamOwner("update it"),
            MarketProblems.memberTwice
        )
    }

    var listMembers: Operation<TeamPath, MemberList> {
        Operation("List members", access: .open) { input, call in
            try await self.database.read { tx in
                _ = try tx.teams.require(input.id)
                return MemberList(try tx.teams.list(membersOf: input.id))
            }
        }
        .refusing(MarketProblems.teamNotFound)
    }

    var removeMember: Operation<MemberPath, PartRemoved> {
        Operation("Remove a member", access: .anyKey, effect: .write) { input, caller, call in
            try await self.service.removeMember(input.agent, of: input.team, by: caller)
            return PartRemoved()
        }
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"), MarketProblems.memberNotFound)
    }

    // MARK: Rules

    private var rules: [Endpoint] {
        let path = Self.one + "/rules"
        return [
            Endpoint(.post, path, tag: Self.tag, status: .created, self.addRule),
            Endpoint(.get, path, tag: Self.tag, self.listRules),
            Endpoint(.delete, path + "/{rule_id}", tag: Self.tag, self.removeRule),
        ]
    }

    var addRule: Operation<AddRule, RuleAdded> {
        Operation("Add a routing rule", access: .anyKey, effect: .write) { input, caller, call in
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
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"))
    }

    var listRules: Operation<TeamPath, RuleList> {
        Operation("List routing rules", access: .open) { input, call in
            try await self.database.read { tx in
                _ = try tx.teams.require(input.id)
                return RuleList(try tx.teams.list(rulesOf: input.id))
            }
        }
        .refusing(MarketProblems.teamNotFound)
    }

    var removeRule: Operation<RulePath, PartRemoved> {
        Operation("Delete a routing rule", access: .anyKey, effect: .write) { input, caller, call in
            try await self.service.removeRule(input.rule, of: input.team, by: caller)
            return PartRemoved()
        }
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"), MarketProblems.ruleNotFound)
    }

    // MARK: Gates

    private var gates: [Endpoint] {
        let path = Self.one + "/gates"
        return [
            Endpoint(.post, path, tag: Self.tag, status: .created, self.addGate),
            Endpoint(.get, path, tag: Self.tag, self.listGates),
            Endpoint(.delete, path + "/{gate_id}", tag: Self.tag, self.removeGate),
            Endpoint(.post, path + "/check", tag: Self.tag, self.checkGates),
        ]
    }

    var addGate: Operation<AddGate, GateAdded> {
        Operation("Add a quality gate", access: .anyKey, effect: .write) { input, caller, call in
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
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"))
    }

    var listGates: Operation<TeamPath, GateList> {
        Operation("List quality gates", access: .open) { input, call in
            try await self.database.read { tx in
                _ = try tx.teams.require(input.id)
                return GateList(try tx.teams.list(gatesOf: input.id))
            }
        }
        .refusing(MarketProblems.teamNotFound)
    }

    var removeGate: Operation<GatePath, PartRemoved> {
        Operation("Delete a quality gate", access: .anyKey, effect: .write) { input, caller, call in
            try await self.service.removeGate(input.gate, of: input.team, by: caller)
            return PartRemoved()
        }
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"), MarketProblems.gateNotFound)
    }

    var checkGates: Operation<CheckGates, GatesChecked> {
        Operation("Check measures against the gates", access: .anyKey, effect: .write) { input, _, call in
            let gates = try await self.database.read { tx in
                guard try tx.teams.require(input.team).status == .active else { throw MarketProblems.teamNotFound }
                return try tx.teams.list(gatesOf: input.team)
            }
            return GatesChecked(input.team, gates.filter(\.isEnabled).map { $0.check(input.measures) })
        }
        .refusing(MarketProblems.teamNotFound)
    }
}
