import Kernel
import Platform
import Web

/// How the gateway's console looks: a menu for everybody who may read, and one for administrators.
enum GatewayConsole {
    static let readers = Scopes.roles(having: [.read])
    static let writers = Scopes.roles(having: [.write])
    static let admins = Scopes.roles(having: [.admin])
    static let provisioners = Scopes.roles(having: [.admin, .provision])

    static func style(_ keys: KeyDirectory) -> Console.Style {
        Console.Style(
            home: "/chat",
            menus: [
                Console.Menu(
                    self.readers,
                    [
                        ("chat", "/chat"), ("agents", "/agents"), ("traces", "/traces"), ("usage", "/usage"),
                        ("budgets", "/budgets"),
                    ]
                ), Console.Menu(self.provisioners, [("api_keys", "/keys")]),
                Console.Menu(self.admins, [("providers", "/providers")]),
            ],
            denial: { _ in GatewayProblems.notForYourRole },
            formToken: GatewayProblems.formToken,
            callerName: { keys.name(of: $0.credential) }
        )
    }

    static func template(_ text: String) -> Template { Template(text, GatewayWords.all) }

    /// Everything that a signed-in browser sees.
    static func pages(_ routes: GatewayRoutes, _ clock: WallClock) -> [ConsolePage] {
        ChatPages(routes: routes).pages + AgentPages(routes: routes).pages
            + ProviderPages(routes: routes, clock: clock).pages
            + KeysPage(routes: routes.keys).pages + BudgetPages(routes: routes).pages
            + TracePages(routes: routes.traces, postings: routes.postings).pages
            + UsagePage(routes: routes.usage, agents: routes.agents).pages
    }

    static func endpoints(_ house: SurfaceDependencies, _ parts: GatewayParts, _ routes: GatewayRoutes) -> [Endpoint] {
        let contract = GatewayContract.shared
        let console = Console(
            sessions: house.sessions,
            door: house.door,
            contract: contract,
            style: self.style(parts.keys)
        )
        let signIn = SignIn(sessions: house.sessions, contract: contract, formToken: GatewayProblems.formToken)
        let form = EntryForm(
            path: "/sign-in",
            title: "sign_in",
            fields: """
                \(PageParts.field("key", "[[api_key_or_token]]", value: "", "type=\"password\" required autocomplete=\"off\""))
                <p><button>[[sign_in]]</button></p>
                """,
            after: "<p class=\"soft\">[[where_is_my_token]]</p>",
            words: GatewayWords.all
        ) { call, form in
            let caller: Caller
            // A good key is let in, however many wrong ones others behind the address have tried.
            do {
                caller = try await house.door.identify(GatewayContract.presented(form["key"].trimmed), on: contract)
            } catch {
                try house.door.noteFailure(of: call.context.clientAddress, on: contract)
                throw error
            }
            _ = try await parts.keys.find(credential: caller.credential)
            return caller
        }
        let front = console.endpoint(open: "/", "Start page") { call, request in
            let language = request?.language ?? Language.of(call.request, among: contract.languages)
            let values: [String: Any] = ["base": call.base(of: contract), "url": house.publicURL]
            return PageContent(
                GatewayWords.all.say("surface_title", in: language),
                self.front.render(values, in: language)
            )
        }
        return EntryForms(console, signIn, forms: [form], home: { _ in "/chat" }).endpoints
            + console.endpoints(self.pages(routes, house.clock)) + [front, ChatScript.endpoint]
    }

    private static let front = Self.template(
        """
        <div class="title"><h1>[[surface_title]]</h1><p><a href="{{base}}/docs">[[api_reference]]</a> · <a href="{{base}}/docs/openapi.json">[[openapi_document]]</a></p></div>
        <p>[[summary]]</p>
        <p><a class="button" href="{{base}}/chat">[[open_the_chat]]</a></p>
        <h2>[[with_openais_package]]</h2>
        <pre tabindex="0">from openai import OpenAI

        client = OpenAI(base_url="{{url}}/v1", api_key="goclaw_…")
        stream = client.chat.completions.create(
            model="goclaw:default",
            messages=[{"role": "user", "content": "Hello"}],
            stream=True,
        )
        for chunk in stream:
            print(chunk.choices[0].delta.content or "", end="")</pre>
        """
    )
}

extension ConsolePage {
    /// A page whose forms stand before what it shows.
    init(
        path: String,
        summary: String,
        roles: Set<Role>,
        forms: [ConsoleForm],
        _ show: @escaping @Sendable (PageRequest) async throws -> PageContent
    ) {
        self.init(path: path, summary: summary, roles: roles, show: show, forms: forms)
    }
}
