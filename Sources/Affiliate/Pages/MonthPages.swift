import Kernel
import Web

/// The operator's months: preview, closing, and the payouts of each.
struct MonthPages: Sendable {
    private static let month = "/operator/months/{month}"

    var pages: [WorkPage] {
        let roles = Set<String>.operators
        return [
            WorkPage(
                path: "/operator/months",
                summary: "Months",
                roles: roles,
                show: self.months,
                forms: [
                    WorkForm(path: Self.month + "/close", summary: "Close a month") { visit in
                        let month = visit.parameter("month")
                        try await visit.change("POST /api/v1/operator/months/{month}/close", ["month": month])
                        return .goTo("/operator/months/\(HTML.percentEncode(month))?watch=1")
                    }.askingFirst()
                ]
            ),
            WorkPage(
                path: Self.month,
                summary: "A month",
                roles: roles,
                show: self.month,
                forms: [
                    WorkForm(path: Self.month + "/payouts/{payout_id}/paid", summary: "Mark a payout paid") { visit in
                        try await visit.change(
                            "POST /api/v1/operator/payouts/{payout_id}/paid",
                            ["payout_id": visit.parameter("payout_id")],
                            body: visit.form.body(["reference"])
                        )
                        return .goTo("/operator/months/\(HTML.percentEncode(visit.parameter("month")))?done=1")
                    }.askingFirst()
                ]
            ),
        ]
    }

    private static let totals = """
        <dl class="figures"><div><dt>[[Rewards]]</dt><dd>{{rewards}}</dd></div><div><dt>[[Clawbacks]]</dt><dd>{{clawbacks}}</dd></div><div><dt>[[Withholding tax]]</dt><dd>{{withholding_tax}}</dd></div>
        <div><dt>[[Transfer fees]]</dt><dd>{{transfer_fees}}</dd></div><div><dt>[[To be transferred]]</dt><dd>{{net_amount}}</dd></div><div><dt>[[Carried over]]</dt><dd>{{carried_over}}</dd></div><div><dt>[[Payouts]]</dt><dd>{{payouts}}</dd></div></dl>
        """

    private static let monthsTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#preview}}<section aria-labelledby="preview"><h2 id="preview">{{month}}: [[preview]]</h2>\(totals)
            {{#is_over}}<form method="post" action="{{base}}/operator/months/{{month}}/close">{{{token}}}<p><button>[[Close the month]] {{month}}</button> <span class="soft">[[A closed month does not change; later events go to the next one.]]</span></p></form>{{/is_over}}
            {{^is_over}}<p class="empty">[[The month is not over yet. This is what it will come to so far.]]</p>{{/is_over}}</section>{{/preview}}
            """
            + PageParts.table(
                "[[Closed months, the newest first]]",
                of: "months",
                empty: "[[No month is closed yet.]]",
                [
                    .init("[[Month]]", "<a href=\"{{base}}/operator/months/{{month}}\">{{month}}</a>", .heading),
                    .init("[[State]]", "{{state_text}}"), .init("[[Payouts]]", "{{payouts}}", .number),
                    .init("[[Withholding tax]]", "{{withholding_tax}}", .number),
                    .init("[[To be transferred]]", "{{net_amount}}", .number),
                    .init("[[Carried over]]", "{{carried_over}}", .number),
                ]
            )
    )

    @Sendable private func months(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.data("/api/v1/operator/months")
        let next = found["next_month"]?.string ?? ""
        let preview = try await visit.data("/api/v1/operator/months/{month}/preview", ["month": next])
        let months = (found["months"]?.array ?? []).map {
            $0.adding("state_text", .string(visit.say($0["state"]?.string ?? "")))
        }
        return PageContent(
            visit.say("Months"),
            Self.monthsTemplate,
            visit,
            ["preview": preview, "months": JSONValue.array(months)]
        )
    }

    private static let monthTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#month}}<p><span class="state state-{{state}}">{{state_text}}</span> {{.error}}</p>
            {{#isClosing}}<p><label for="progress">{{done}} / {{.total}}</label><br><progress id="progress"{{#max}} max="{{max}}" value="{{done}}"{{/max}}></progress></p><p role="status">[[It goes on when you leave this page.]] \(PageParts.watch)</p>{{/isClosing}}
            \(totals)<p class="soft">[[Closed by]] {{closed_by}}, {{closed_at}} JST</p>{{/month}}
            """
            + PageParts.table(
                "[[Payouts of the month]]",
                of: "payouts",
                empty: "[[No publisher has anything in this month.]]",
                [
                    .init(
                        "[[Publisher]]",
                        "{{publisher_name}}<br><a href=\"{{base}}/operator/accounts/{{publisher_id}}/bank\">[[Where to pay]]</a>",
                        .heading
                    ),
                    .init("[[State]]", Snippets.state + " {{.reference}}"),
                    .init("[[Reward]]", "{{gross_reward}}", .number),
                    .init("[[Withholding tax]]", "{{withholding_tax}}", .number),
                    .init("[[Transfer fee]]", "{{transfer_fee}}", .number),
                    .init("[[To be transferred]]", "{{net_amount}}", .number),
                    .init(
                        "[[Transferred]]",
                        """
                        {{#isScheduled}}<form class="row" method="post" action="{{here}}/payouts/{{id}}/paid">{{{token}}}<label>[[Reference]] <input name="reference" required size="10"></label> <button class="quiet" aria-label="[[Mark paid]] {{publisher_name}}">[[Mark paid]]</button></form>{{/isScheduled}}
                        """
                    ),
                ]
            ) + "{{#next}}<p><a href=\"{{next}}\" rel=\"next\">[[Older]]</a></p>{{/next}}"
    )

    @Sendable private func month(_ visit: Visit) async throws -> PageContent {
        let text = visit.parameter("month")
        let month = try await visit.data("/api/v1/operator/months/{month}", ["month": text])
        let found = try await visit.data(
            "/api/v1/operator/months/{month}/payouts",
            ["month": text],
            query: ["after": visit.query("after")]
        )
        let payouts = (found["payouts"]?.array ?? []).map {
            $0.adding("isScheduled", .bool($0["status"] == "scheduled"))
        }
        let isClosing = month["state"] == "closing"
        return PageContent(
            "\(visit.say("Month")) \(text)",
            Self.monthTemplate,
            visit,
            [
                "month": month.adding([
                    "state_text": .string(visit.say(month["state"]?.string ?? "")), "isClosing": .bool(isClosing),
                    "max": month["total"] ?? .null,
                ]), "payouts": Snippets.told(.array(payouts), visit),
                "next": found["next_after"]?.integer.map { visit.address(["after": "\($0)"]) },
            ],
            isGoingOn: isClosing
        )
    }
}
