import Kernel
import Ledger
import Web

/// What one key may spend of the balance in a day.
struct KeyCapPage: Sendable {
    let routes: KeyCapRoutes

    private static let path = "/account/keys/{key_id}/daily-cap"

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: Self.path,
                summary: "What a key may spend in a day",
                roles: nil,
                show: self.show,
                forms: [
                    ConsoleForm(path: Self.path, summary: "Set the daily cap") { request in
                        try await request.submit(self.routes.set)
                        let id = HTML.percentEncode(request.parameter("key_id"))
                        return .goTo("/account/keys/\(id)/daily-cap?done=1")
                    }
                ]
            )
        ]
    }

    private static let template = Template(
        PageParts.heading + """
            <dl class="facts"><dt>[[key]]</dt><dd class="id">{{key.key_id}}</dd><dt>[[daily_cap]]</dt><dd>{{#key.daily_cap}}{{.}} USDC{{/key.daily_cap}}{{^key.daily_cap}}[[no_cap]]{{/key.daily_cap}}</dd>{{#key.daily_cap}}<dt>[[spent_today]]</dt><dd>{{key.spent_today}} USDC</dd>{{/key.daily_cap}}</dl>
            <p>[[daily_cap_note]]</p>
            <form method="post" action="{{here}}" class="fields">{{{token}}}
            \(PageParts.field("daily_cap", "[[daily_cap_usdc]]", value: "{{key.daily_cap}}", "inputmode=\"decimal\" placeholder=\"5.00\""))
            <p><button>[[save]]</button></p></form>
            <p><a href="{{base}}/account/keys">[[keys]]</a></p>
            """,
        MarketWords.all
    )

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        PageContent(
            request.say("daily_cap"),
            Self.template,
            request,
            ["key": try await request.ask(self.routes.get)]
        )
    }
}
