import Kernel
import Platform
import Web

/// The operator sees the services of all providers, and pauses one with a reason that its provider reads.
struct ServiceAdminPages: Sendable {
    let routes: ServiceAdminRoutes
    let admin: AdminRoutes

    private static let path = "/operator/services"

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: Self.path,
                summary: "Services of all providers",
                roles: OperatorPages.roles,
                show: self.services,
                forms: [
                    ConsoleForm(
                        path: Self.path + "/{service_id}/pause",
                        summary: "Pause a service",
                        does: self.routes.pause,
                        then: "\(Self.path)?done=1"
                    ).askingFirst(),
                    ConsoleForm(
                        path: Self.path + "/{service_id}/resume",
                        summary: "Let a service go on",
                        does: self.routes.resume,
                        then: "\(Self.path)?done=1"
                    ).askingFirst(),
                ]
            )
        ]
    }

    private static let template = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/services" class="fields" role="search">
            <p><label for="q">[[part_of_the_name_or_provider]]</label><br><input id="q" name="q" type="search" value="{{q}}"></p>
            \(PageParts.choice("status", "[[state]]", of: "states"))
            <p><button class="quiet">[[show]]</button></p></form>
            """
            + PageParts.table(
                "[[services]]",
                of: "services",
                empty: "[[no_services_here]]",
                [
                    .init(
                        "[[service]]",
                        "<a href=\"{{base}}/services/{{service_id}}\">{{name}}</a><br><span class=\"soft\">{{provider_id}}</span>",
                        .heading
                    ),
                    .init(
                        "[[state]]",
                        "<span class=\"state state-{{status}}\">{{status_text}}</span> {{.paused_reason}}"
                    ),
                    .init("[[errors_percent]]", "{{errors}}", .number),
                    .init("[[price]]", "{{price_per_call}}", .number),
                    .init(
                        "[[change]]",
                        """
                        {{#isActive}}<details><summary>[[pause]]</summary><form method="post" action="{{base}}/operator/services/{{service_id}}/pause" class="row">{{{token}}}<input name="reason" required maxlength="500" aria-label="[[why_the_provider_reads_it]]" placeholder="[[why_the_provider_reads_it]]"><button class="danger">[[pause]]</button></form></details>{{/isActive}}
                        {{#isPausedByOperator}}<form method="post" action="{{base}}/operator/services/{{service_id}}/resume">{{{token}}}<button>[[resume]]</button></form>{{/isPausedByOperator}}
                        """
                    ),
                ]
            ) + PageParts.older,
        MarketWords.all
    )

    private static let states = ["", "active", "paused", "removed"]

    @Sendable private func services(_ request: PageRequest) async throws -> PageContent {
        let status = request.query("status")
        var asked: [String: JSONValue] = ["q": .string(request.query("q")), "cursor": .string(request.query("cursor"))]
        if Self.states.dropFirst().contains(status) { asked["status"] = .string(status) }
        let list = try await request.ask(self.routes.list, asked)
        let health = try await request.ask(self.admin.health).services
        let errors = Dictionary(health.map { ($0.service.listing, $0.service.figures.errorRate) }) { first, _ in first }
        let services = request.rows(list.items) { service in
            [
                "isActive": service.listing.status == .active,
                "isPausedByOperator": service.listing.pausedReason != nil && service.listing.status == .paused,
                "errors": errors[service.listing.id].map { "\($0)" } ?? "–",
            ]
        }
        return PageContent(
            request.say("services"),
            Self.template,
            request,
            [
                "q": request.query("q"), "services": services, "has_services": !services.isEmpty,
                "older": request.next(list.next, keeping: ["q": request.query("q"), "status": status]),
                "states": PageParts.options(
                    Self.states.map { ($0, request.say($0.isEmpty ? "all" : "status.\($0)")) },
                    chosen: status
                ),
            ]
        )
    }
}
