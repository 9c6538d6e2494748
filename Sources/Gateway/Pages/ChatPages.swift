import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// Talking to an agent: its conversations, and one of them with a form.
struct ChatPages: Sendable {
    let routes: GatewayRoutes

    var pages: [ConsolePage] { [self.start, self.conversation] }

    // MARK: Start

    private static let startTemplate = GatewayConsole.template(
        PageParts.heading + """
            {{^has_agents}}<p class="empty">[[no_agents_yet]]</p>{{/has_agents}}
            <div class="cards">{{#agents}}<section class="card"><h2>{{emoji}} {{name}}</h2><p class="soft">{{provider}} · {{model}}</p><p>{{agent_description}}</p>
            <p><a class="button" href="{{base}}/chat/{{agent_key}}?session={{fresh}}">[[new_conversation]]</a></p></section>{{/agents}}</div>
            <h2>[[conversations]]</h2>
            """
            + PageParts.table(
                "[[last_used_first]]",
                of: "sessions",
                empty: "[[no_conversations_yet]]",
                [
                    .init(
                        "[[conversation]]",
                        "<a href=\"{{base}}/chat/{{agent}}?session={{encoded}}\">{{title}}</a>",
                        .heading
                    ),
                    .init("[[agent]]", "{{agentName}}"), .init("[[messages]]", "{{messageCount}}", .number),
                    .init("[[last_used_zone]]", "{{updated}}"),
                ]
            )
    )

    private var start: ConsolePage {
        ConsolePage(path: "/chat", summary: "Chat", roles: GatewayConsole.readers) { request in
            let agents = try await request.ask(self.routes.agents.list)
            let sessions = try await request.ask(self.routes.sessions.list, ["limit": 20])
            let fresh = String(UInt64.random(in: 0 ... .max), radix: 36)
            return PageContent(
                request.say("chat"),
                Self.startTemplate,
                request,
                [
                    "agents": request.rows(agents.agents.filter { $0.agent.status == .active }) { _ in
                        ["base": request.base, "fresh": "chat-\(fresh)"]
                    },
                    "sessions": request.rows(sessions.sessions) { session in
                        let key = session.session.key
                        let rest = SessionKey(key, of: session.session.agentKey)?.rest ?? key
                        return [
                            "base": request.base, "agent": session.session.agentKey,
                            "encoded": HTML.percentEncode(rest),
                            "title": session.session.label.nonEmpty ?? rest,
                        ]
                    },
                ]
            )
        }
    }

    // MARK: A conversation

    private static let conversationTemplate = GatewayConsole.template(
        PageParts.heading + """
            <p class="soft">{{provider}} · {{model}} · <a href="{{base}}/chat">[[all_conversations]]</a></p>
            <div id="said" aria-live="polite">{{^has_messages}}<p class="empty">[[say_something]]</p>{{/has_messages}}
            {{#messages}}<div class="said said-{{role}}"><h2>{{who}}</h2><div>{{text}}</div></div>{{/messages}}</div>
            <form id="ask" method="post" action="{{base}}/chat/{{agent_key}}" data-agent="{{name}}" data-you="[[you]]" data-tool="[[tool]]" data-failed="[[the_answer_failed]]">{{{token}}}<input type="hidden" name="session" value="{{session}}">
            <p><label for="message">[[message]]</label><br><textarea id="message" name="message" required maxlength="32768">{{form.message}}</textarea></p>
            <p class="row"><button>[[send]]</button> <button type="button" class="quiet" id="stop" hidden>[[stop]]</button></p></form>
            <script src="{{base}}/chat.js" defer></script>
            """
    )

    private var conversation: ConsolePage {
        ConsolePage(
            path: "/chat/{agent}",
            summary: "A conversation",
            roles: GatewayConsole.writers,
            forms: [
                ConsoleForm(path: "/chat/{agent}", summary: "Say something") { request in try await self.say(request) }
            ]
        ) { request in
            let agent = try await request.ask(self.routes.agents.get, ["id": .string(request.parameter("agent"))])
            let session = self.session(of: request)
            let key = SessionKey(agentKey: agent.agent.key, rest: session).text
            let detail = try? await request.ask(self.routes.sessions.get, ["key": .string(key)])
            let messages = (detail?.messages ?? []).map { output -> [String: Any] in
                let message = output.message.message
                let who =
                    message.role == .user
                    ? request.say("you") : message.role == .tool ? request.say("tool") : agent.agent.name
                let calls = message.toolCalls.map { "→ \($0.name) \($0.arguments)" }.joined(separator: "\n")
                let text = [message.text, calls].filter { !$0.isEmpty }.joined(separator: "\n")
                return ["role": message.role.rawValue, "who": who, "text": text.beginning(20_000)]
            }
            return PageContent(
                agent.agent.name,
                Self.conversationTemplate,
                request,
                [
                    "provider": agent.agent.provider, "model": agent.agent.model, "agent_key": agent.agent.key,
                    "name": agent.agent.name, "session": session, "messages": messages,
                ]
            ).usingScript()
        }
    }

    private func session(of request: PageRequest) -> String {
        let wanted = request.form["session"].nonEmpty ?? request.query("session").nonEmpty
        return wanted ?? "chat"
    }

    /// Streams to the page's script; without it, answers when the run is over.
    private func say(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let name = request.parameter("agent")
        let (session, message) = (self.session(of: request), request.form["message"])
        guard !message.trimmed.isEmpty else { throw GatewayProblems.messagesMissing }
        var chat = ChatRequest()
        chat.model = "goclaw:\(name)"
        chat.messages = [ModelMessage(.user, message)]
        chat.isStream = request.form["stream"] == "1"
        let response = try await self.routes.chat.respond(
            to: chat,
            session: session,
            request.session.caller,
            request.call
        )
        if chat.isStream { return .respond(response) }
        return .goTo("/chat/\(HTML.percentEncode(name))?session=\(HTML.percentEncode(session))")
    }
}
