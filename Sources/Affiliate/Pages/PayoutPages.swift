import Kernel
import Platform
import Web

/// A publisher's payouts and their statements.
struct PayoutPages: Sendable {
    let reports: ReportActions
    let payoutRoutes: PayoutRoutes

    var pages: [ConsolePage] {
        let roles = Set<Role>.publishers
        return [
            ConsolePage(path: "/publisher/payouts", summary: "Payouts", roles: roles, show: self.payouts),
            ConsolePage(
                path: "/publisher/payouts/{payout_id}",
                summary: "A statement",
                roles: roles,
                show: self.statement
            ),
        ]
    }

    private static let payoutsTemplate = AffiliateConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[closed_months_the_newest_first]]",
                of: "payouts",
                empty: "[[no_month_is_closed_yet_approved]]",
                [
                    .init("[[month]]", "<a href=\"{{base}}/publisher/payouts/{{id}}\">{{month}}</a>", .heading),
                    .init("[[state]]", Snippets.state), .init("[[reward]]", "{{gross_reward}}", .number),
                    .init("[[withholding_tax]]", "{{withholding_tax}}", .number),
                    .init("[[transfer_fee]]", "{{transfer_fee}}", .number),
                    .init("[[paid]]", "{{net_amount}}", .number),
                ]
            ) + Snippets.paging
            + "<p><a href=\"{{base}}/account\">[[where_you_are_paid]]</a></p>"
    )

    @Sendable private func payouts(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.reports.payouts, ["page": .integer(request.pageNumber)])
        return PageContent(
            request.say("payouts"),
            Self.payoutsTemplate,
            request,
            ["payouts": found.items, "paging": request.pageLinks(found.numbers)]
        )
    }

    static let statementTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#payout}}<p>\(Snippets.state) {{.carry_text}}</p>
            <dl class="facts"><dt>[[rewards]]</dt><dd>{{rewards}} ({{conversions}})</dd><dt>[[clawbacks]]</dt><dd>{{clawbacks}}</dd><dt>[[carried_in]]</dt><dd>{{carried_in}}</dd>
            <dt>[[before_tax]]</dt><dd>{{gross_reward}}</dd><dt>[[withholding_tax]]</dt><dd>{{withholding_tax}} ({{tax_text}})</dd><dt>[[transfer_fee]]</dt><dd>{{transfer_fee}}</dd>
            <dt>[[paid]]</dt><dd><strong>{{net_amount}}</strong></dd><dt>[[carried_over]]</dt><dd>{{carried_over}}</dd>
            <dt>[[payable_in]]</dt><dd>{{.period_start}} – {{period_end}} {{day_zone}}</dd>{{#.reference}}<dt>[[reference]]</dt><dd>{{.reference}}</dd>{{/.reference}}</dl>
            <p><a class="button" href="{{base}}/publisher/payouts/{{id}}/statement.csv">[[download_as_csv]]</a>{{^is_whole}} <span class="soft">[[the_page_shows_the_first_1]]</span>{{/is_whole}}</p>{{/payout}}
            """
            + PageParts.table(
                "[[every_conversion_of_this_payout]]",
                of: "lines",
                empty: "[[no_conversion_became_payable_in_it]]",
                [
                    .init("[[order]]", "<a href=\"{{base}}/conversions/{{id}}\">{{order_id}}</a>", .heading),
                    .init("[[program]]", "{{program_name}}"), .init("[[ordered_zone]]", "{{occurred_at}}"),
                    .init("[[amount]]", "{{amount}}", .number), .init("[[reward]]", "{{reward}}", .number),
                ]
            ) + "{{#has_clawbacks}}"
            + PageParts.table(
                "[[taken_back]]",
                of: "clawbacks",
                empty: "",
                [
                    .init(
                        "[[conversion]]",
                        "<a href=\"{{base}}/conversions/{{conversion_id}}\">{{conversion_id}}</a>",
                        .heading
                    ),
                    .init("[[paid_in]]", "{{paid_in}}"), .init("[[reason]]", "{{.reason}}"),
                    .init("[[amount]]", "{{amount}}", .number),
                ]
            ) + "{{/has_clawbacks}}"
    )

    @Sendable private func statement(_ request: PageRequest) async throws -> PageContent {
        let statement = try await request.ask(self.payoutRoutes.statement)
        let payout = statement.output.payout
        let words = [
            "tax_text": request.say("tax_regime.\(payout.taxRegime.rawValue)"),
            "carry_text": payout.carryReason.map { request.say("carry_reason.\($0.rawValue)") },
        ]
        return PageContent(
            "\(request.say("statement")) \(payout.month)",
            Self.statementTemplate,
            request,
            [
                "payout": request.rows([statement]) { _ in words }[0], "lines": statement.lines,
                "clawbacks": statement.clawbacks,
            ]
        )
    }
}
