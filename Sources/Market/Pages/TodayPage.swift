import Kernel
import Platform
import Web

/// What waits for the operator, in one place: what is listed here is done on the pages that it leads to.
struct TodayPage: Sendable {
    let routes: MarketRoutes

    /// Calls that fail, in percent, above which a service is listed.
    private static let troublePercent = 20.0
    private static let listed = 20

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/operator",
                summary: "What needs the operator",
                roles: OperatorPages.roles,
                show: self.today
            )
        ]
    }

    private static let template = Template(
        PageParts.heading + """
            <dl class="figures">{{#figures}}<div><dt><a href="{{base}}{{link}}">{{title}}</a></dt><dd>{{count}}</dd></div>{{/figures}}</dl>
            {{#isQuiet}}<p class="empty">[[nothing_waits_for_you]]</p>{{/isQuiet}}
            {{#has_reviews}}<section aria-labelledby="reviews"><h2 id="reviews">[[deposits_to_review]]</h2>\(
                PageParts.table("[[the_rail_took_something_else_than]]", of: "reviews", empty: "", [
                    .init("[[begun_zone]]", "<span class=\"whole\">{{created_at}}</span>", .heading),
                    .init("[[buyer]]", "{{buyer_id}}"), .init("[[amount_usdc]]", "{{amount}}", .number), .init("[[what_came]]", "{{.reason}}"),
                ])
            )<p><a href="{{base}}/operator/money">[[money]]</a></p></section>{{/has_reviews}}
            {{#has_refunds}}<section aria-labelledby="refunds"><h2 id="refunds">[[refunds]]</h2>\(
                PageParts.table("[[refunds_that_wait_for_your_payment]]", of: "refunds", empty: "", [
                    .init("[[begun_zone]]", "<span class=\"whole\">{{created_at}}</span>", .heading),
                    .init("[[buyer]]", "{{buyer_id}}"), .init("[[amount_usdc]]", "{{amount}}", .number),
                ])
            )<p><a href="{{base}}/operator/money">[[money]]</a></p></section>{{/has_refunds}}
            {{#has_services}}<section aria-labelledby="services"><h2 id="services">[[failing_services]]</h2>\(
                PageParts.table("[[a_fifth_of_their_calls_fails]]", of: "services", empty: "", [
                    .init("[[service]]", "<a href=\"{{base}}/services/{{service_id}}\">{{name}}</a>", .heading),
                    .init("[[provider]]", "{{provider_id}}"), .init("[[errors_percent]]", "{{error_rate}}", .number),
                    .init("[[last_call_zone]]", "<span class=\"whole\">{{.last_called}}</span>"),
                ])
            )<p><a href="{{base}}/operator/services">[[services]]</a></p></section>{{/has_services}}
            {{#has_webhooks}}<section aria-labelledby="webhooks"><h2 id="webhooks">[[webhooks_in_trouble]]</h2>\(
                PageParts.table("[[disabled_or_failing]]", of: "webhooks", empty: "", [
                    .init("[[address]]", "<span class=\"id\">{{url}}</span>", .heading), .init("[[owner]]", "{{owner_id}}"),
                    .init("[[state]]", "<span class=\"state state-{{state}}\">{{state_text}}</span> {{.disabled_reason}}"),
                    .init("[[failing_since_zone]]", "<span class=\"whole\">{{.failing_since}}</span>"),
                ])
            )<p><a href="{{base}}/operator/webhooks">[[webhook_health]]</a></p></section>{{/has_webhooks}}
            """,
        MarketWords.all
    )

    @Sendable private func today(_ request: PageRequest) async throws -> PageContent {
        let reviewed = try await request.ask(self.routes.deposits.listAll, ["status": "review", "limit": 100])
        let refunded = try await request.ask(self.routes.refunds.listAll, ["status": "pending", "limit": 100])
        let (reviews, refunds) = (reviewed.items, refunded.items)
        let settlements = try await request.ask(self.routes.settlements.list, ["status": "pending", "limit": 100])
        let services = try await request.ask(self.routes.admin.health).services.filter {
            $0.service.figures.errorRate >= Self.troublePercent
        }
        let webhooks = try await request.ask(self.routes.operations.webhooks).webhooks.filter {
            $0.state == .disabled || $0.failingSince != nil
        }
        let figures: [(String, String, Int)] = [
            ("deposits_to_review", "/operator/money", reviews.count), ("refunds", "/operator/money", refunds.count),
            ("settlements_to_pay", "/operator/settlements?status=pending", settlements.settlements.count),
            ("failing_services", "/operator/services", services.count),
            ("webhooks_in_trouble", "/operator/webhooks", webhooks.count),
        ]
        return PageContent(
            request.say("today"),
            Self.template,
            request,
            [
                // A list holds a hundred at most.
                "figures": figures.map {
                    ["title": request.say($0.0), "link": $0.1, "count": $0.2 < 100 ? "\($0.2)" : "\($0.2)+"]
                },
                "isQuiet": figures.allSatisfy { $0.2 == 0 },
                "reviews": request.rows(Array(reviews.prefix(Self.listed))) { _ in [:] },
                "has_reviews": !reviews.isEmpty,
                "refunds": request.rows(Array(refunds.prefix(Self.listed))) { _ in [:] },
                "has_refunds": !refunds.isEmpty,
                "services": request.rows(Array(services.prefix(Self.listed))) { _ in [:] },
                "has_services": !services.isEmpty,
                "webhooks": request.rows(Array(webhooks.prefix(Self.listed))) { _ in [:] },
                "has_webhooks": !webhooks.isEmpty,
            ]
        )
    }
}
