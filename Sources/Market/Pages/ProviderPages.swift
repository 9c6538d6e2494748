import Kernel
import Platform
import Web

/// The provider's console: how far one has come, the services, what they earn.
struct ProviderPages: Sendable {
    let portal: PortalRoutes
    let listings: ListingRoutes

    static let roles: Set<Role> = [MarketRole.provider.role, MarketRole.admin.role]
    private static let one = "/provider/services/{service_id}"

    var pages: [ConsolePage] {
        [
            ConsolePage(path: "/provider", summary: "Provider", roles: Self.roles, show: self.overview),
            ConsolePage(
                path: "/provider/services/new",
                summary: "List a service",
                roles: Self.roles,
                show: self.newService,
                forms: [ConsoleForm(path: "/provider/services/new", summary: "List a service", perform: self.register)]
            ),
            ConsolePage(
                path: Self.one,
                summary: "One of my services",
                roles: Self.roles,
                show: { try await self.service($0) },
                forms: [
                    ConsoleForm(path: Self.one, summary: "Change a service", perform: self.update).askingFirst(),
                    ConsoleForm(path: Self.one + "/test", summary: "Test an endpoint", perform: self.test),
                    ConsoleForm(
                        path: Self.one + "/usage",
                        summary: "Import an OpenAPI document",
                        perform: self.importDocument
                    ),
                    ConsoleForm(path: Self.one + "/operation", summary: "Describe a call", perform: self.describe),
                    ConsoleForm(path: Self.one + "/operation/remove", summary: "Remove a call", perform: self.forget)
                        .askingFirst(),
                    ConsoleForm(
                        path: Self.one + "/remove",
                        summary: "Remove a service",
                        does: self.listings.remove,
                        then: "/provider?done=1"
                    ).askingFirst().about(self.subject),
                ]
            ),
            ConsolePage(path: "/provider/earnings", summary: "Earnings", roles: Self.roles, show: self.earnings),
        ]
    }

    /// The service that a form is about.
    @Sendable private func subject(_ request: PageRequest) async throws -> FormSubject? {
        let services = try await request.ask(self.portal.services).services
        guard let service = services.first(where: { $0.listing.id.text == request.parameter("service_id") }) else {
            return nil
        }
        return FormSubject([
            ("service", service.listing.name), ("price", "\(service.listing.price.text) USDC"),
            ("calls", "\(service.figures.calls)"),
        ])
    }

    // MARK: Overview

    private static let overviewTemplate = Template(
        PageParts.heading + """
            <dl class="figures"><div><dt>[[services]]</dt><dd>{{dashboard.total_services}}</dd></div>
            <div><dt>[[calls]]</dt><dd>{{dashboard.total_calls}}</dd></div>
            <div><dt>[[revenue_usdc]]</dt><dd>{{dashboard.total_revenue}}</dd></div>
            <div><dt>[[settled]]</dt><dd>{{dashboard.total_settled}}</dd></div>
            <div><dt>[[to_be_settled]]</dt><dd>{{dashboard.pending_settlement}}</dd></div></dl>
            {{#isNew}}<section aria-labelledby="steps"><h2 id="steps">[[first_steps]]</h2>
            <p><label for="progress">[[percent_done]]</label><br><progress id="progress" max="100" value="{{percent}}">{{percent}}%</progress></p>
            <ol class="steps">{{#steps}}<li>{{#completed}}<span class="state state-completed">[[steps_done]]</span>{{/completed}}{{^completed}}<span class="state state-pending">[[open]]</span>{{/completed}} {{label_text}}</li>{{/steps}}</ol></section>{{/isNew}}
            <section aria-labelledby="services"><div class="title"><h2 id="services">[[services]]</h2><a class="button" href="{{base}}/provider/services/new">[[list_a_service]]</a></div>
            {{^services}}<p class="empty">[[no_services_yet_list_the_first]]</p>{{/services}}
            {{#hasServices}}{{{chart}}}<div class="scroll" tabindex="0" role="region" aria-label="[[services]] ([[table]])"><table><caption>[[calls_and_revenue_of_all_time]]</caption>
            <thead><tr><th scope="col">[[service]]</th><th scope="col">[[state]]</th><th scope="col" class="number">[[price]]</th><th scope="col" class="number">[[calls]]</th><th scope="col" class="number">[[revenue]]</th><th scope="col" class="number">[[latency_ms]]</th></tr></thead>
            <tbody>{{#services}}<tr><th scope="row"><a href="{{base}}/provider/services/{{id}}">{{name}}</a></th><td><span class="state state-{{status}}">{{status_text}}</span></td><td class="number">{{price_per_call}}</td><td class="number">{{total_calls}}</td><td class="number">{{total_revenue}}</td><td class="number">{{avg_latency_ms}}</td></tr>{{/services}}</tbody></table></div>{{/hasServices}}</section>
            """,
        MarketWords.all
    )
    private static let chartServices = 12

    @Sendable private func overview(_ request: PageRequest) async throws -> PageContent {
        let services = try await request.ask(self.portal.services).services
        let onboarding = try await request.ask(self.portal.onboarding)
        let called = services.filter { $0.figures.calls > 0 }
        let bars = called.sorted { $0.figures.calls > $1.figures.calls }.prefix(Self.chartServices).map { service in
            BarChart.Bar(
                label: Self.short(service.listing.name),
                value: Double(service.figures.calls),
                text: "\(service.listing.name): \(request.calls(service.figures.calls))"
            )
        }
        return PageContent(
            request.say("services_of", ["name": request.session.caller.name]),
            Self.overviewTemplate,
            request,
            [
                "dashboard": try await request.ask(self.portal.dashboard), "percent": onboarding.completion,
                "isNew": onboarding.completion < 100,
                "steps": request.rows(onboarding.steps) { ["label_text": request.say("onboarding.\($0.name)")] },
                "services": services,
                "hasServices": !services.isEmpty,
                "chart": bars.count < 2
                    ? Markup.empty
                    : BarChart.svg(
                        request.say("calls_by_service"),
                        Array(bars),
                        empty: request.say("nothing_in_this_period")
                    ),
            ]
        )
    }

    /// A name that stands below a bar.
    private static func short(_ name: String) -> String { name.count > 7 ? "\(name.prefix(6))…" : name }

    // MARK: One service

    private static let fields = """
        <div class="fields"><p><label for="name">[[name]]</label><br><input id="name" name="name" required value="{{values.name}}"></p>
        <p><label for="price_per_call">[[price_of_a_call_usdc]]</label><br><input id="price_per_call" name="price_per_call" inputmode="decimal" required value="{{values.price_per_call}}" placeholder="0.05"></p>
        <p><label for="endpoint">[[endpoint_never_shown_to_buyers]]</label><br><input id="endpoint" name="endpoint" type="url" required value="{{values.endpoint}}"></p>
        <p><label for="category">[[category]]</label><br><input id="category" name="category" value="{{values.category}}"></p>
        <p><label for="tags">[[tags_with_commas_between]]</label><br><input id="tags" name="tags" value="{{values.tags}}"></p>
        <p><label for="charged_for">[[charged_for]]</label><br><select id="charged_for" name="charged_for">{{#rules}}\(PageParts.option){{/rules}}</select></p>
        <p><label for="timeout_seconds">[[seconds_to_the_first_byte_1]]</label><br><input id="timeout_seconds" name="timeout_seconds" inputmode="numeric" value="{{values.timeout_seconds}}" placeholder="{{timeout}}"></p>
        """

    private static let newTemplate = Template(
        PageParts.heading + """
            <form method="post" action="{{base}}/provider/services/new">{{{token}}}
            \(fields)
            <p><label for="payment_method">[[paid_over]]</label><br><select id="payment_method" name="payment_method">{{#methods}}\(PageParts.option){{/methods}}</select></p>
            <p><label for="free_tier_calls">[[free_calls_for_each_buyer]]</label><br><input id="free_tier_calls" name="free_tier_calls" inputmode="numeric" value="{{values.free_tier_calls}}" placeholder="0"></p></div>
            <p><label for="description">[[description]]</label><br><textarea id="description" name="description">{{values.description}}</textarea></p>
            <p><button>[[list_it]]</button></p></form>
            """,
        MarketWords.all
    )

    private static let textFields: Set<String> = ["name", "price_per_call", "endpoint", "description", "category"]

    @Sendable private func newService(_ request: PageRequest) async throws -> PageContent {
        PageContent(
            request.say("list_a_service"),
            Self.newTemplate,
            request,
            [
                "values": Self.typed(request), "timeout": "30",
                "rules": Self.rules(request, ChargeRule.belowServerErrors.rawValue),
                "methods": PageParts.options(
                    PaymentMethod.allCases.map { ($0.rawValue, request.say("payment_method.\($0.rawValue)")) },
                    chosen: request.form["payment_method"]
                ),
            ]
        )
    }

    static func typed(_ request: PageRequest) -> [String: String] {
        Dictionary(uniqueKeysWithValues: request.form.names.map { ($0, request.form[$0]) })
    }

    @Sendable private func register(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let service = try await request.submit(self.listings.register)
        return .goTo("/provider/services/\(service.value?.id ?? "")?done=1")
    }

    private static let serviceTemplate = Template(
        PageParts.heading + """
            <p><span class="state state-{{status}}">{{status_text}}</span> <a href="{{base}}/services/{{id}}">[[its_public_page]]</a></p>
            {{#paused}}<p class="problem">{{paused}}</p>{{/paused}}
            <dl class="figures"><div><dt>[[calls]]</dt><dd>{{analytics.total_calls}}</dd></div><div><dt>[[revenue_usdc]]</dt><dd>{{analytics.total_revenue}}</dd></div>
            <div><dt>[[latency_ms]]</dt><dd>{{analytics.avg_latency_ms}}</dd></div><div><dt>[[success]]</dt><dd>{{analytics.success_rate}}</dd></div><div><dt>[[buyers]]</dt><dd>{{analytics.unique_buyers}}</dd></div></dl>
            <section aria-labelledby="daily"><h2 id="daily">[[the_last_30_days]]</h2>
            {{^hasDays}}<p class="empty">[[no_calls_in_the_last_30]]</p>{{/hasDays}}
            {{#hasDays}}{{{chart}}}<div class="scroll" tabindex="0" role="region" aria-label="[[days]] ([[table]])"><table><caption>[[the_same_figures_as_a_table_days]]</caption>
            <thead><tr><th scope="col">[[day]]</th><th scope="col" class="number">[[calls]]</th><th scope="col" class="number">[[revenue_usdc]]</th></tr></thead>
            <tbody>{{#days}}<tr><th scope="row" class="whole">{{date}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td></tr>{{/days}}</tbody></table></div>{{/hasDays}}</section>
            <section aria-labelledby="test"><h2 id="test">[[endpoint]]</h2>
            {{#test}}<p class="{{#reachable}}done{{/reachable}}{{^reachable}}problem{{/reachable}}" role="status">{{#reachable}}[[it_answered_in_ms]]{{/reachable}}{{^reachable}}[[it_cannot_be_reached]]{{/reachable}}</p>{{/test}}
            <p class="id">{{service.endpoint}}</p>
            <p class="soft">[[a_test_costs_nobody]]</p>
            <form method="post" action="{{base}}/provider/services/{{id}}/test#test">{{{token}}}<div class="fields">
            <p><label for="test_method">[[method]]</label><br><select id="test_method" name="method">{{#testMethods}}\(PageParts.option){{/testMethods}}</select></p>
            <p><label for="test_path">[[path_below_the_service]]</label><br><input id="test_path" name="path" value="{{testPath}}" placeholder="/"></p>
            <p><label for="test_type">[[content_type]]</label><br><input id="test_type" name="content_type" value="{{testType}}"></p></div>
            <p><label for="test_body">[[body]]</label><br><textarea id="test_body" name="body">{{testBody}}</textarea></p>
            <p><button class="quiet">[[test_it_now]]</button></p></form>
            {{#test}}{{#answer}}<pre tabindex="0"><code>{{answer}}</code></pre>{{/answer}}{{/test}}</section>
            <section aria-labelledby="failing"><h2 id="failing">[[failed_calls]]</h2>
            <p>{{breaker}}</p>
            {{#hasMinutes}}<div class="scroll" tabindex="0" role="region" aria-label="[[the_last_hour]] ([[table]])"><table><caption>[[the_last_hour]]</caption>
            <thead><tr><th scope="col">[[minute_zone]]</th><th scope="col" class="number">[[below_400]]</th><th scope="col" class="number">400–499</th><th scope="col" class="number">[[from_500_or_none]]</th></tr></thead>
            <tbody>{{#health.minutes}}<tr><th scope="row" class="whole">{{minute}}</th><td class="number">{{answered}}</td><td class="number">{{refused}}</td><td class="number">{{failed}}</td></tr>{{/health.minutes}}</tbody></table></div>{{/hasMinutes}}
            {{^hasFailures}}<p class="empty">[[no_call_has_failed]]</p>{{/hasFailures}}
            {{#hasFailures}}<div class="scroll" tabindex="0" role="region" aria-label="[[failed_calls]] ([[table]])"><table><caption>[[the_last_100_of_7_days]]</caption>
            <thead><tr><th scope="col">[[at_zone]]</th><th scope="col" class="number">[[status]]</th><th scope="col">[[call]]</th><th scope="col" class="number">[[latency_ms]]</th><th scope="col">[[how_the_answer_begins]]</th></tr></thead>
            <tbody>{{#health.failures}}<tr><th scope="row" class="whole">{{called_at}}</th><td class="number">{{status_code}}</td><td><code>{{method}} {{path}}</code></td><td class="number">{{latency_ms}}</td><td>{{.reason}} <code>{{answer_head}}</code></td></tr>{{/health.failures}}</tbody></table></div>{{/hasFailures}}</section>
            {{#isThere}}<section aria-labelledby="usage"><h2 id="usage">[[how_it_is_called]]</h2>
            {{^operations}}<p class="empty">[[buyers_see_no_example_yet]]</p>{{/operations}}
            {{#hasOperations}}<ul class="operations">{{#operations}}<li><form method="post" action="{{base}}/provider/services/{{id}}/operation/remove" class="row">{{{token}}}<input type="hidden" name="name" value="{{name}}"><span><code>{{method}} {{path}}</code> {{summary}}</span> <a href="{{base}}/provider/services/{{id}}?operation={{encoded}}#describe" aria-label="[[edit]]: {{name}}">[[edit]]</a> <button class="quiet" aria-label="[[remove]]: {{name}}">[[remove]]</button></form></li>{{/operations}}</ul>{{/hasOperations}}
            <details{{#isImporting}} open{{/isImporting}}><summary>[[import_an_openapi_document]]</summary><p class="soft">[[the_document_replaces_what_is_there]]</p>
            <form method="post" enctype="multipart/form-data" action="{{base}}/provider/services/{{id}}/usage#usage">{{{token}}}
            <p><label for="openapi_url">[[address_of_the_document]]</label><br><input id="openapi_url" name="openapi_url" type="url" value="{{form.openapi_url}}"></p>
            \(PageParts.file("openapi_file", "[[or_a_file]]", accept: ".json,.yaml,.yml"))
            \(PageParts.area("openapi", "[[or_its_text]]", value: "{{form.openapi}}"))
            <p><button>[[import]]</button></p></form></details>
            <details{{#isDescribing}} open{{/isDescribing}}><summary id="describe">[[describe_a_call]]</summary>
            <form method="post" action="{{base}}/provider/services/{{id}}/operation#describe">{{{token}}}<div class="fields">
            <p><label for="op_name">[[name]]</label><br><input id="op_name" name="name" value="{{op.name}}" placeholder="summarise"></p>
            <p><label for="op_method">[[method]]</label><br><select id="op_method" name="method">{{#opMethods}}\(PageParts.option){{/opMethods}}</select></p>
            <p><label for="op_path">[[path_below_the_service]]</label><br><input id="op_path" name="path" value="{{op.path}}" placeholder="/"></p>
            <p><label for="op_type">[[content_type]]</label><br><input id="op_type" name="content_type" value="{{op.content_type}}" placeholder="application/json"></p></div>
            <p><label for="op_summary">[[what_it_does]]</label><br><input id="op_summary" name="summary" value="{{op.summary}}"></p>
            <p><label for="op_request">[[example_of_the_request_json]]</label><br><textarea id="op_request" name="request_example">{{op.request_example}}</textarea></p>
            <p><label for="op_request_schema">[[schema_of_the_request]]</label><br><textarea id="op_request_schema" name="request_schema">{{op.request_schema}}</textarea></p>
            <p><label for="op_response">[[example_of_the_answer]]</label><br><textarea id="op_response" name="response_example">{{op.response_example}}</textarea></p>
            <p><label for="op_response_schema">[[schema_of_the_answer]]</label><br><textarea id="op_response_schema" name="response_schema">{{op.response_schema}}</textarea></p>
            <p><label for="notes">[[notes_on_errors]]</label><br><textarea id="notes" name="notes">{{notes}}</textarea></p>
            <p><button>[[save]]</button></p></form></details></section>{{/isThere}}
            {{#isThere}}<section aria-labelledby="change"><h2 id="change">[[change]]</h2>
            <form method="post" action="{{base}}/provider/services/{{id}}">{{{token}}}
            \(fields)
            <p><label for="status">[[state]]</label><br><select id="status" name="status">{{#states}}\(PageParts.option){{/states}}</select></p></div>
            <p><label for="description">[[description]]</label><br><textarea id="description" name="description">{{values.description}}</textarea></p>
            <p><button>[[save]]</button></p></form>
            <form method="post" action="{{base}}/provider/services/{{id}}/remove">{{{token}}}<button class="danger">[[remove_for_good]]</button></form></section>{{/isThere}}
            """,
        MarketWords.all
    )

    private func service(_ request: PageRequest, test: EndpointTest? = nil) async throws -> PageContent {
        let id = request.parameter("service_id")
        let analytics = try await request.ask(self.portal.analytics)
        let services = try await request.ask(self.portal.services).services
        guard let service = services.first(where: { $0.listing.id.text == id }) else {
            throw MarketProblems.serviceNotFound
        }
        let stored = request.rows([service]) { ["tags": $0.listing.tags.joined(separator: ", ")] }[0]
        let status = service.listing.status
        let chosen = request.form["status"].isEmpty ? status.rawValue : request.form["status"]
        let health = try await request.ask(self.portal.health)
        let values = Self.callValues(service.listing, health, request)
        let now = self.portal.clock.now()
        let bars = Self.bars(analytics.days, until: now, request)
        let before = Self.bars(
            analytics.daysBefore,
            until: now.adding(seconds: -PortalRoutes.dailyDays * 86_400),
            request
        )
        return PageContent(
            analytics.name,
            Self.serviceTemplate,
            request,
            values.merging([
                "rules": Self.rules(request, service.listing.chargeRule.rawValue),
                "id": id, "analytics": analytics, "service": service, "status": status.rawValue,
                "status_text": request.say("status.\(status.rawValue)"),
                "paused": service.listing.pausedReason.map {
                    request.say("paused_by_the_operator", ["reason": $0])
                },
                "isThere": status != .removed, "hasDays": !analytics.days.isEmpty, "days": analytics.days,
                "chart": BarChart.svg(
                    request.say("calls_a_day"),
                    bars,
                    before: request.compared(bars.map(\.value).reduce(0, +), with: before.map(\.value)) {
                        request.calls(Int64($0))
                    },
                    empty: request.say("nothing_in_this_period")
                ),
                "timeout": request.say("as_it_is"),
                "values": request.problem == nil ? stored : Self.typed(request), "test": test,
                "states": PageParts.options(
                    ["active", "paused"].map { ($0, request.say("status.\($0)")) },
                    chosen: chosen
                ),
            ]) { $1 }
        )
    }

    private static func rules(_ request: PageRequest, _ stored: String) -> [[String: Any]] {
        let typed = request.form["charged_for"]
        return PageParts.options(
            ChargeRule.allCases.map { ($0.rawValue, request.say("charged_for.\($0.rawValue)")) },
            chosen: typed.isEmpty ? stored : typed
        )
    }

    /// A bar for every one of the last days.
    private static func bars(_ days: [ServiceAnalytics.Day], until now: Timestamp, _ request: PageRequest)
        -> [BarChart.Bar]
    {
        let calls = Dictionary(days.map { ($0.day, $0.figures.calls) }) { first, _ in first }
        let first = now.adding(seconds: -(PortalRoutes.dailyDays - 1) * 86_400)
        return BarChart.days(from: first, through: now).map { date in
            let count = calls[date] ?? 0
            return BarChart.Bar(
                label: String(date.suffix(5)),
                value: Double(count),
                text: "\(date): \(request.calls(count))"
            )
        }
    }

    @Sendable private func update(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let id = request.parameter("service_id")
        try await request.submit(self.listings.update, emptied: Self.textFields)
        return .goTo("/provider/services/\(HTML.percentEncode(id))?done=1")
    }

    @Sendable private func test(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        .show(try await self.service(request, test: try await request.submit(self.portal.test)))
    }

    // MARK: Earnings

    private static let earningsTemplate = Template(
        PageParts.heading + """
            <dl class="figures"><div><dt>[[earned_usdc]]</dt><dd>{{earnings.total_earned}}</dd></div>
            <div><dt>[[settled]]</dt><dd>{{earnings.total_settled}}</dd></div><div><dt>[[to_be_settled]]</dt><dd>{{earnings.pending_settlement}}</dd></div></dl>
            <p class="soft">[[before_the_markets_share_nothing_in]]</p>
            <section aria-labelledby="settlements"><h2 id="settlements">[[settlements]]</h2>
            {{^settlements}}<p class="empty">[[no_settlements_yet_the_operator_makes]]</p>{{/settlements}}
            {{#hasSettlements}}<div class="scroll" tabindex="0" role="region" aria-label="[[settlements]] ([[table]])"><table><caption>[[newest_first]]</caption>
            <thead><tr><th scope="col">[[period_zone]]</th><th scope="col">[[state]]</th><th scope="col" class="number">[[total]]</th><th scope="col" class="number">[[fee]]</th><th scope="col" class="number">[[net]]</th><th scope="col">[[calls_in_it]]</th></tr></thead>
            <tbody>{{#settlements}}<tr><th scope="row"><span class="whole">{{period_start}}</span> – <span class="whole">{{period_end}}</span></th><td><span class="state state-{{status}}">{{status_text}}</span> {{.reason}}</td><td class="number">{{total_amount}}</td><td class="number">{{platform_fee}}</td><td class="number">{{net_amount}}</td><td><a href="{{base}}/account/settlements/{{id}}/usage.csv">CSV</a></td></tr>{{/settlements}}</tbody></table></div>{{/hasSettlements}}</section>
            """,
        MarketWords.all
    )

    @Sendable private func earnings(_ request: PageRequest) async throws -> PageContent {
        let earnings = try await request.ask(self.portal.earnings)
        return PageContent(
            request.say("earnings"),
            Self.earningsTemplate,
            request,
            [
                "earnings": earnings, "settlements": earnings.settlements,
                "hasSettlements": !earnings.settlements.isEmpty,
            ]
        )
    }
}

extension PageRequest {
    /// So many calls.
    func calls(_ count: Int64) -> String { self.say("so_many_calls", ["count": "\(count)"]) }
}
