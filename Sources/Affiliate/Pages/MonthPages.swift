import Kernel
import Platform
import Web

/// The operator's months: preview, closing, and the payouts of each.
struct MonthPages: Sendable {
    let routes: MonthRoutes

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
                        let closing = try await visit.submit(self.routes.begin)
                        return .goTo("/operator/months/\(closing.month.month)?watch=1")
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
                        try await visit.submit(self.routes.markPaid)
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
        let found = try await visit.ask(self.routes.list)
        let preview = try await visit.ask(self.routes.preview, ["month": .string(found.next)])
        return PageContent(
            visit.say("Months"),
            Self.monthsTemplate,
            visit,
            ["preview": preview, "months": found.months]
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
        let month = try await visit.ask(self.routes.get)
        let found = try await visit.ask(self.routes.listPayouts, ["after": .string(visit.query("after"))])
        let isClosing = month.state == .closing
        return PageContent(
            "\(visit.say("Month")) \(text)",
            Self.monthTemplate,
            visit,
            [
                "month": visit.rows([month]) { month in
                    ["isClosing": isClosing, "max": month.job?.progress.total.map { "\($0)" }]
                }[0], "payouts": visit.rows(found.payouts) { ["isScheduled": $0.output.payout.status == .scheduled] },
                "next": found.next.map { visit.address(["after": "\($0)"]) },
            ],
            isGoingOn: isClosing
        )
    }
}
