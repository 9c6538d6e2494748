import Hummingbird
import Kernel
import Web

/// How an advertiser reports orders, with the token filled in, and a live test of it.
struct GuidePages: Sendable {
    let publicURL: String
    let account: AccountRoutes
    let routes: ProgramRoutes
    let postback: Endpoint
    let pixel: Endpoint

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/advertiser/guide",
                summary: "Integration",
                roles: .advertisers,
                show: { try await self.guide($0, test: nil) },
                forms: [
                    ConsoleForm(
                        path: "/advertiser/guide/token",
                        summary: "Make a new token",
                        does: self.account.renewToken,
                        then: "/advertiser/guide?done=1"
                    ).askingFirst(),
                    ConsoleForm(path: "/advertiser/guide/test", summary: "Test postback and pixel", perform: self.test),
                ]
            )
        ]
    }

    private static let template = AffiliateConsole.template(
        PageParts.heading + """
            <ol class="steps">
            <li>1. [[visitors_come_to_your_landing_page]] <code>souk_click</code>. [[keep_it_in_your_session_or]]</li>
            <li>2. [[when_they_order_report_the_order]]</li>
            <li>3. [[approve_or_reject_what_was_counted]]</li></ol>
            <section aria-labelledby="token"><h2 id="token">[[your_token]]</h2><pre tabindex="0"><code>{{secret}}</code></pre>
            <form method="post" action="{{base}}/advertiser/guide/token">{{{token}}}<button class="danger">[[make_a_new_one_the_old]]</button></form></section>
            <section aria-labelledby="postback"><h2 id="postback">[[from_your_server]]</h2>
            <pre tabindex="0"><code>{{curl}}</code></pre>
            <p class="soft">[[also_as_get_with_the_same]]</p></section>
            <section aria-labelledby="pixel"><h2 id="pixel">[[an_image_on_your_page_if]]</h2>
            <pre tabindex="0"><code>{{pixel}}</code></pre>
            {{#has_ids}}<details><summary>[[the_program_id_of_each_program]]</summary><ul>{{#ids}}<li>{{id}}: {{name}}</li>{{/ids}}</ul></details>{{/has_ids}}
            <p class="soft">[[anybody_can_fetch_an_image_when]]</p></section>
            <section aria-labelledby="test"><h2 id="test">[[test]]</h2>
            <p>[[enter_the_click_id_of_a]]</p>
            {{#test}}<p class="{{#ok}}done{{/ok}}{{^ok}}problem{{/ok}}" role="status">{{text}}</p>{{/test}}
            <form method="post" action="{{base}}/advertiser/guide/test">{{{token}}}<div class="fields">
            \(PageParts.choice("program_id", "[[program]]", of: "programs"))
            \(PageParts.field("click_id", "souk_click", value: "{{form.click_id}}", "required"))
            \(PageParts.field("order_id", "[[order]]", value: "{{form.order_id}}", "required"))
            \(PageParts.field("amount", "[[amount]]", value: "{{form.amount}}", "inputmode=\"numeric\""))</div>
            <p class="row"><button name="way" value="postback">[[test_the_postback]]</button> <button class="quiet" name="way" value="pixel">[[test_the_image]]</button></p></form></section>
            """
    )

    private func guide(_ request: PageRequest, test: (isOK: Bool, text: String)?) async throws -> PageContent {
        let token = try await request.ask(self.account.token).token
        let programs = try await request.ask(self.routes.list).programs
        let program = programs.first.map { "\($0.program.id)" } ?? "PROGRAM_ID"
        let curl = """
            curl \(self.publicURL)/postback \\
              -H 'X-Postback-Token: \(token)' \\
              -d click_id=$SOUK_CLICK -d order_id=ORDER-001 -d amount=9800
            """
        let pixel = """
            <img src="\(self.publicURL)/pixel?program_id=\(program)&order_id=ORDER-001&amount=9800&click_id=SOUK_CLICK" width="1" height="1" alt="">
            """
        return PageContent(
            request.say("integration"),
            Self.template,
            request,
            [
                "secret": token, "curl": curl, "pixel": pixel, "ids": programs,
                "test": test.map { ["ok": $0.isOK ? true as Any : false, "text": $0.text] as [String: Any] },
                "programs": PageParts.options(
                    programs.map { ("\($0.program.id)", $0.program.content.name) },
                    chosen: request.form["program_id"]
                ),
            ]
        )
    }

    /// Reports an order as the advertiser's server, or a browser, would.
    @Sendable private func test(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let isPixel = request.form["way"] == "pixel"
        var query: [String: String] = [:]
        for name in ["click_id", "order_id", "amount"] where !request.form[name].isEmpty {
            query[name] = request.form[name]
        }
        if isPixel {
            query["program_id"] = request.form["program_id"]
        } else {
            query["token"] = try await request.ask(self.account.token).token
        }
        let response = try await request.respond(to: isPixel ? self.pixel : self.postback, query: query)
        guard !isPixel else {
            let outcome = response.headers[.init("X-Souk-Outcome")!] ?? ""
            return .show(try await self.guide(request, test: (outcome.bytewise.starts(with: "conversion"), outcome)))
        }
        let answer: JSONValue = try JSON.read(try await response.collect(upTo: 64 * 1024).readableBytesView)
        let data = answer["data"] ?? .null
        let text =
            "\(request.say("order")) \(data["order_id"]?.string ?? ""): \(request.say("status.\(data["status"]?.string ?? "")")), \(request.display.yen(Yen(data["reward"]?.integer ?? 0))). \(data["reason_text"]?.string ?? "")"
        return .show(try await self.guide(request, test: (data["reason"] == 0, text)))
    }
}
