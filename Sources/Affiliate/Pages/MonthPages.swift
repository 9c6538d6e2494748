import Kernel
import Platform
import Web

/// The operator's months: preview, closing, and the payouts of each.
struct MonthPages: Sendable {
    let routes: MonthRoutes

    private static let month = "/operator/months/{month}"

    var pages: [ConsolePage] {
        let roles = Set<Role>.operators
        return [
            ConsolePage(
                path: "/operator/months",
                summary: "Months",
                roles: roles,
                show: self.months,
                forms: [
                    ConsoleForm(path: Self.month + "/close", summary: "Close a month") { request in
                        let closing = try await request.submit(self.routes.begin)
                        return .goTo("/operator/months/\(closing.month.month)?watch=1")
                    }.askingFirst().about { request in
                        let preview = try await request.ask(self.routes.preview)
                        let total = preview.totals.total
                        return FormSubject([
                            ("month", preview.month), ("payouts", "\(total.payouts)"),
                            ("to_be_transferred", request.display.yen(total.net)),
                            ("withholding_tax", request.display.yen(total.withholding)),
                            ("carried_over", request.display.yen(total.carriedOver)),
                        ])
                    }
                ]
            ),
            ConsolePage(
                path: Self.month,
                summary: "A month",
                roles: roles,
                show: self.month,
                forms: [
                    ConsoleForm(path: Self.month + "/payouts/{payout_id}/paid", summary: "Mark a payout paid") {
                        request in
                        try await request.submit(self.routes.markPaid)
                        return .goTo("/operator/months/\(HTML.percentEncode(request.parameter("month")))?done=1")
                    }.askingFirst().about { request in
                        let payouts = try await request.ask(self.routes.listPayouts, ["limit": 100]).items
                        let id = request.parameter("payout_id")
                        return payouts.first { "\($0.output.payout.id)".bytewise.equals(id) }.map { found in
                            FormSubject([
                                ("publisher", found.name),
                                ("to_be_transferred", request.display.yen(found.output.payout.amounts.net)),
                            ])
                        }
                    }
                ]
            ),
        ]
    }

    private static let totals = """
        <dl class="figures"><div><dt>[[rewards]]</dt><dd>{{rewards}}</dd></div><div><dt>[[clawbacks]]</dt><dd>{{clawbacks}}</dd></div><div><dt>[[withholding_tax]]</dt><dd>{{withholding_tax}}</dd></div>
        <div><dt>[[transfer_fees]]</dt><dd>{{transfer_fees}}</dd></div><div><dt>[[to_be_transferred]]</dt><dd>{{net_amount}}</dd></div><div><dt>[[carried_over]]</dt><dd>{{carried_over}}</dd></div><div><dt>[[payouts]]</dt><dd>{{payouts}}</dd></div></dl>
        """

    private static let monthsTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#preview}}<section aria-labelledby="preview"><h2 id="preview">{{month}}: [[preview]]</h2>\(totals)
            {{#is_over}}<form method="post" action="{{base}}/operator/months/{{month}}/close">{{{token}}}<p><button>[[close_the_month]] {{month}}</button> <span class="soft">[[a_closed_month_does_not_change]]</span></p></form>{{/is_over}}
            {{^is_over}}<p class="empty">[[the_month_is_not_over_yet]]</p>{{/is_over}}</section>{{/preview}}
            """
            + PageParts.table(
                "[[closed_months_the_newest_first]]",
                of: "months",
                empty: "[[no_month_is_closed_yet]]",
                [
                    .init("[[month]]", "<a href=\"{{base}}/operator/months/{{month}}\">{{month}}</a>", .heading),
                    .init("[[state]]", "{{state_text}}"), .init("[[payouts]]", "{{payouts}}", .number),
                    .init("[[withholding_tax]]", "{{withholding_tax}}", .number),
                    .init("[[to_be_transferred]]", "{{net_amount}}", .number),
                    .init("[[carried_over]]", "{{carried_over}}", .number),
                ]
            )
    )

    @Sendable private func months(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.routes.list)
        let preview = try await request.ask(self.routes.preview, ["month": .string(found.next)])
        return PageContent(
            request.say("months"),
            Self.monthsTemplate,
            request,
            ["preview": preview, "months": found.months]
        )
    }

    private static let monthTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#month}}<p><span class="state state-{{state}}">{{state_text}}</span> {{.error}}</p>
            {{#isClosing}}<p><label for="progress">{{done}} / {{.total}}</label><br><progress id="progress"{{#max}} max="{{max}}" value="{{done}}"{{/max}}></progress></p><p role="status">[[it_goes_on_when_you_leave]] \(PageParts.watch)</p>{{/isClosing}}
            \(totals)<p class="soft">[[closed_by]] {{closed_by}}, {{closed_at}} {{zone}}</p>{{/month}}
            """
            + PageParts.table(
                "[[payouts_of_the_month]]",
                of: "payouts",
                empty: "[[no_publisher_has_anything_in_this]]",
                [
                    .init(
                        "[[publisher]]",
                        "{{publisher_name}}<br><a href=\"{{base}}/operator/accounts/{{publisher_id}}/bank\">[[where_to_pay]]</a>",
                        .heading
                    ),
                    .init("[[state]]", Snippets.state + " {{.reference}}"),
                    .init("[[reward]]", "{{gross_reward}}", .number),
                    .init("[[withholding_tax]]", "{{withholding_tax}}", .number),
                    .init("[[transfer_fee]]", "{{transfer_fee}}", .number),
                    .init("[[to_be_transferred]]", "{{net_amount}}", .number),
                    .init(
                        "[[transferred]]",
                        """
                        {{#isScheduled}}<form class="row" method="post" action="{{here}}/payouts/{{id}}/paid">{{{token}}}<label>[[reference]] <input name="reference" required size="10"></label> <button class="quiet" aria-label="[[mark_paid]] {{publisher_name}}">[[mark_paid]]</button></form>{{/isScheduled}}
                        """
                    ),
                ]
            ) + PageParts.older
    )

    @Sendable private func month(_ request: PageRequest) async throws -> PageContent {
        let text = request.parameter("month")
        let month = try await request.ask(self.routes.get)
        let found = try await request.ask(self.routes.listPayouts, ["cursor": .string(request.query("cursor"))])
        let isClosing = month.state == .closing
        return PageContent(
            "\(request.say("month")) \(text)",
            Self.monthTemplate,
            request,
            [
                "month": request.rows([month]) { month in
                    ["isClosing": isClosing, "max": month.job?.progress.total.map { "\($0)" }]
                }[0], "payouts": request.rows(found.items) { ["isScheduled": $0.output.payout.status == .scheduled] },
                "older": request.next(found.next),
            ],
            isGoingOn: isClosing
        )
    }
}
