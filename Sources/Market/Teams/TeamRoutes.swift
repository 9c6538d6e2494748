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

    // MARK: Parts

    /// The endpoints of one kind of part: members, rules or gates.
    private func partEndpoints<Add: Input, Added: Wire, List: Wire, Path: Input>(
        at path: String,
        id: String,
        add: Operation<Add, Added>,
        list: Operation<TeamPath, List>,
        remove: Operation<Path, PartRemoved>
    ) -> [Endpoint] {
        [
            Endpoint(.post, Self.one + path, tag: Self.tag, status: .created, add),
            Endpoint(.get, Self.one + path, tag: Self.tag, list),
            Endpoint(.delete, Self.one + path + id, tag: Self.tag, remove),
        ]
    }

    private func listOperation<List: Wire>(
        _ summary: String,
        _ read: @escaping @Sendable (TeamStore, ID<Team>) throws -> List
    ) -> Operation<TeamPath, List> {
        Operation(summary, access: .open) { input, call in
            try await self.database.read { tx in
                _ = try tx.teams.require(input.id)
                return try read(tx.teams, input.id)
            }
        }
        .refusing(MarketProblems.teamNotFound)
    }

    /// - Parameter missing: the problem when the team has no such part.
    private func removeOperation<Path: Input>(
        _ summary: String,
        _ missing: Problem,
        _ remove: @escaping @Sendable (Path, Caller) async throws -> Void
    ) -> Operation<Path, PartRemoved> {
        Operation(summary, access: .anyKey, effect: .write) { input, caller, call in
            try await remove(input, caller)
            return PartRemoved()
        }
        .refusing(MarketProblems.teamNotFound, MarketProblems.onlyTeamOwner("update it"), missing)
    }

    // MARK: Members

    private var members: [Endpoint] {
        self.partEndpoints(
            at: "/members",
            id: "/{agent_id}",
            add: self.addMember,
            list: self.listMembers,
            remove: self.removeMember
        )
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
        self.listOperation("List members") { MemberList(try $0.list(membersOf: $1)) }
    }

    var removeMember: Operation<MemberPath, PartRemoved> {
        self.removeOperation("Remove a member", MarketProblems.memberNotFound) {
            try await self.service.removeMember($0.agent, of: $0.team, by: $1)
        }
    }

    // MARK: Rules

    private var rules: [Endpoint] {
        self.partEndpoints(
            at: "/rules",
            id: "/{rule_id}",
            add: self.addRule,
            list: self.listRules,
            remove: self.removeRule
        )
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
        self.listOperation("List routing rules") { RuleList(try $0.list(rulesOf: $1)) }
    }

    var removeRule: Operation<RulePath, PartRemoved> {
        self.removeOperation("Delete a routing rule", MarketProblems.ruleNotFound) {
            try await self.service.removeRule($0.rule, of: $0.team, by: $1)
        }
    }

    // MARK: Gates

    private var gates: [Endpoint] {
        self.partEndpoints(
            at: "/gates",
            id: "/{gate_id}",
            add: self.addGate,
            list: self.listGates,
            remove: self.removeGate
        )
            + [Endpoint(.post, Self.one + "/gates/check", tag: Self.tag, self.checkGates)]
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
        self.listOperation("List quality gates") { GateList(try $0.list(gatesOf: $1)) }
    }

    var removeGate: Operation<GatePath, PartRemoved> {
        self.removeOperation("Delete a quality gate", MarketProblems.gateNotFound) {
            try await self.service.removeGate($0.gate, of: $0.team, by: $1)
        }
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
