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

    var pages: [WorkPage] {
        [
            WorkPage(
                path: "/advertiser/guide",
                summary: "Integration",
                roles: .advertisers,
                show: { try await self.guide($0, test: nil) },
                forms: [
                    WorkForm(
                        path: "/advertiser/guide/token",
                        summary: "Make a new token",
                        does: self.account.renewToken,
                        then: "/advertiser/guide?done=1"
                    ).askingFirst(),
                    WorkForm(path: "/advertiser/guide/test", summary: "Test postback and pixel", perform: self.test),
                ]
            )
        ]
    }

    private static let template = AffiliatePlace.template(
        PageParts.heading + """
            <ol class="steps">
            <li>1. [[Visitors come to your landing page with the parameter]] <code>souk_click</code>. [[Keep it, in your session or a cookie of yours.]]</li>
            <li>2. [[When they order, report the order from your server (best), or with the image.]]</li>
            <li>3. [[Approve or reject what was counted. An order counts once, however often it is reported.]]</li></ol>
            <section aria-labelledby="token"><h2 id="token">[[Your token]]</h2><pre tabindex="0"><code>{{secret}}</code></pre>
            <form method="post" action="{{base}}/advertiser/guide/token">{{{token}}}<button class="danger">[[Make a new one; the old one stops at once]]</button></form></section>
            <section aria-labelledby="postback"><h2 id="postback">[[From your server]]</h2>
            <pre tabindex="0"><code>{{curl}}</code></pre>
            <p class="soft">[[Also as GET with the same names in the query. amount is in yen; occurred_at and country may be added.]]</p></section>
            <section aria-labelledby="pixel"><h2 id="pixel">[[An image on your page, if you have no server]]</h2>
            <pre tabindex="0"><code>{{pixel}}</code></pre>
            {{#has_ids}}<details><summary>[[The program_id of each program]]</summary><ul>{{#ids}}<li>{{id}}: {{name}}</li>{{/ids}}</ul></details>{{/has_ids}}
            <p class="soft">[[Anybody can fetch an image. When your server reports the same order, its report takes the image's place.]]</p></section>
            <section aria-labelledby="test"><h2 id="test">[[Test]]</h2>
            <p>[[Enter the click id of a click that you have made yourself, and an order id of your own choice. The order is really recorded; reject it afterwards.]]</p>
            {{#test}}<p class="{{#ok}}done{{/ok}}{{^ok}}problem{{/ok}}" role="status">{{text}}</p>{{/test}}
            <form method="post" action="{{base}}/advertiser/guide/test">{{{token}}}<div class="fields">
            \(PageParts.choice("program_id", "[[Program]]", of: "programs"))
            \(PageParts.field("click_id", "souk_click", value: "{{form.click_id}}", "required"))
            \(PageParts.field("order_id", "[[Order]]", value: "{{form.order_id}}", "required"))
            \(PageParts.field("amount", "[[Amount]]", value: "{{form.amount}}", "inputmode=\"numeric\""))</div>
            <p class="row"><button name="way" value="postback">[[Test the postback]]</button> <button class="quiet" name="way" value="pixel">[[Test the image]]</button></p></form></section>
            """
    )

    private func guide(_ visit: Visit, test: (isOK: Bool, text: String)?) async throws -> PageContent {
        let token = try await visit.ask(self.account.token).token
        let programs = try await visit.ask(self.routes.list).programs
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
            visit.say("Integration"),
            Self.template,
            visit,
            [
                "secret": token, "curl": curl, "pixel": pixel, "ids": programs,
                "test": test.map { ["ok": $0.isOK ? true as Any : false, "text": $0.text] as [String: Any] },
                "programs": PageParts.options(
                    programs.map { ("\($0.program.id)", $0.program.content.name) },
                    chosen: visit.form["program_id"]
                ),
            ]
        )
    }

    /// Reports an order as the advertiser's server, or a browser, would.
    @Sendable private func test(_ visit: Visit) async throws -> WorkForm.Outcome {
        let isPixel = visit.form["way"] == "pixel"
        var query: [String: String] = [:]
        for name in ["click_id", "order_id", "amount"] where !visit.form[name].isEmpty {
            query[name] = visit.form[name]
        }
        if isPixel {
            query["program_id"] = visit.form["program_id"]
        } else {
            query["token"] = try await visit.ask(self.account.token).token
        }
        let response = try await visit.respond(to: isPixel ? self.pixel : self.postback, query: query)
        guard !isPixel else {
            let outcome = response.headers[.init("X-Souk-Outcome")!] ?? ""
            return .show(try await self.guide(visit, test: (outcome.bytewise.starts(with: "conversion"), outcome)))
        }
        let answer: JSONValue = try JSON.read(try await response.collect(upTo: 64 * 1024).readableBytesView)
        let data = answer["data"] ?? .null
        let text =
            "\(visit.say("Order")) \(data["order_id"]?.string ?? ""): \(visit.say(data["status"]?.string ?? "")), \(AffiliatePlace.yenText(data["reward"]?.integer ?? 0)). \(data["reason_text"]?.string ?? "")"
        return .show(try await self.guide(visit, test: (data["reason"] == 0, text)))
    }
}
