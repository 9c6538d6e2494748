import Kernel
import Platform
import Web

/// Agents: a list with a form for another, and one of them with what can be changed.
struct AgentPages: Sendable {
    let routes: GatewayRoutes

    var pages: [ConsolePage] { [self.list, self.one] }

    private static let listTemplate = GatewayConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "agents",
                empty: "[[no_agents_yet]]",
                [
                    .init("[[agent]]", "<a href=\"{{base}}/agents/{{agent_key}}\">{{emoji}} {{name}}</a>", .heading),
                    .init("[[agent_key]]", "<code>{{agent_key}}</code>"), .init("[[owner]]", "{{owner_id}}"),
                    .init("[[model]]", "{{provider}} · {{model}}"),
                    .init("[[state]]", "<span class=\"state state-{{status}}\">{{status_word}}</span>"),
                    .init("[[left_this_month]]", "{{left}}", .number),
                ]
            ) + """
                {{#mayWrite}}<section aria-labelledby="new"><h2 id="new">[[make_an_agent]]</h2>
                <form method="post" action="{{base}}/agents" class="fields">{{{token}}}\(PageParts.field("display_name", "[[name]]", value: "{{form.display_name}}", "required maxlength=\"255\""))\(PageParts.field("agent_key", "[[key_from_the_name]]", value: "{{form.agent_key}}", "pattern=\"[a-z0-9]([a-z0-9\\-]*[a-z0-9])?\""))\(PageParts.field("owner_id", "[[owner]]", value: "{{form.owner_id}}"))\(PageParts.field("provider", "[[provider_or_the_first]]", value: "{{form.provider}}"))\(PageParts.field("model", "[[model_or_the_usual]]", value: "{{form.model}}"))\(PageParts.field("budget_monthly_cents", "[[budget_cents]]", value: "{{form.budget_monthly_cents}}", "type=\"number\" min=\"0\""))\(PageParts.area("system_prompt", "[[instructions]]", value: "{{form.system_prompt}}"))<p><button>[[make]]</button></p></form></section>{{/mayWrite}}
                """
    )

    private var list: ConsolePage {
        ConsolePage(
            path: "/agents",
            summary: "Agents",
            roles: GatewayConsole.readers,
            forms: [
                ConsoleForm(path: "/agents", summary: "Make an agent") { request in
                    let made = try await request.submit(self.routes.agents.create.operation)
                    return .goTo("/agents/\(made.agent.key)?done=1")
                }
            ]
        ) { request in
            let agents = try await request.ask(self.routes.agents.list)
            return PageContent(
                request.say("agents"),
                Self.listTemplate,
                request,
                [
                    "agents": request.rows(agents.agents) { output in
                        [
                            "base": request.base,
                            "status_word": request.word("agent_status", output.agent.status.rawValue),
                            "left": Self.left(output.budget),
                        ]
                    }, "mayWrite": self.mayWrite(request),
                ]
            )
        }
    }

    private func mayWrite(_ request: PageRequest) -> Bool? {
        GatewayConsole.writers.contains(request.session.caller.role) ? true : nil
    }

    private static func left(_ budget: JSONValue?) -> String {
        guard let budget, let left = budget["available"], let limit = budget["limit"] else { return "—" }
        return "\(JSON.text(of: left)) / \(JSON.text(of: limit)) USD"
    }

    // MARK: One

    private static let oneTemplate = GatewayConsole.template(
        PageParts.heading + """
            <p class="row"><a class="button" href="{{base}}/chat/{{agent_key}}">[[open_the_chat]]</a> <a href="{{base}}/traces?agent={{agent_key}}">[[traces]]</a></p>
            <dl class="facts"><dt>[[agent_key]]</dt><dd><code>{{agent_key}}</code></dd><dt>[[owner]]</dt><dd>{{owner_id}}</dd><dt>[[model]]</dt><dd>{{provider}} · {{model}}</dd><dt>[[state]]</dt><dd>{{status_word}}</dd><dt>[[left_this_month]]</dt><dd>{{left}}</dd><dt>[[tools]]</dt><dd><code>{{tools}}</code></dd></dl>
            {{#mayChange}}<section aria-labelledby="change"><h2 id="change">[[change]]</h2>
            <form method="post" action="{{base}}/agents/{{agent_key}}" class="fields">{{{token}}}\(PageParts.field("display_name", "[[name]]", value: "{{display_name}}", "maxlength=\"255\""))\(PageParts.field("provider", "[[provider]]", value: "{{provider}}"))\(PageParts.field("model", "[[model]]", value: "{{model}}"))\(PageParts.field("budget_monthly_cents", "[[budget_cents]]", value: "{{budget_monthly_cents}}", "type=\"number\" min=\"0\""))\(PageParts.choice("status", "[[state]]", of: "statuses"))\(PageParts.area("system_prompt", "[[new_instructions]]", value: ""))<p><button>[[save]]</button></p></form>
            <form method="post" action="{{base}}/agents/{{agent_key}}/delete">{{{token}}}<p><button class="danger">[[delete]]</button></p></form></section>{{/mayChange}}
            """
    )

    private var one: ConsolePage {
        ConsolePage(
            path: "/agents/{id}",
            summary: "An agent",
            roles: GatewayConsole.readers,
            forms: [
                ConsoleForm(path: "/agents/{id}", summary: "Change an agent") { request in
                    try await request.submit(self.routes.agents.update)
                    return .goTo("/agents/\(HTML.percentEncode(request.parameter("id")))?done=1")
                },
                ConsoleForm(
                    path: "/agents/{id}/delete",
                    summary: "Delete an agent",
                    does: self.routes.agents.delete,
                    then: "/agents?done=1"
                )
                .askingFirst().about { request in
                    let agent = try await request.ask(self.routes.agents.get).agent
                    return FormSubject([("agent", agent.name), ("model", agent.model)])
                },
            ]
        ) { request in
            let output = try await request.ask(self.routes.agents.get, ["id": .string(request.parameter("id"))])
            let agent = output.agent
            let statuses = ["active", "inactive"].map { ($0, request.word("agent_status", $0)) }
            return PageContent(
                agent.name,
                Self.oneTemplate,
                request,
                [
                    "agent_key": agent.key, "owner_id": agent.owner, "provider": agent.provider, "model": agent.model,
                    "display_name": agent.displayName,
                    "status_word": request.word("agent_status", agent.status.rawValue),
                    "left": Self.left(output.budget), "tools": JSON.text(of: agent.object("tools_config")),
                    "budget_monthly_cents": output.monthlyCents.map { "\($0)" } ?? "",
                    "statuses": PageParts.options(statuses, chosen: agent.status.rawValue),
                    "mayChange": self.mayWrite(request),
                ]
            )
        }
    }
}
