import Kernel
import Platform
import Storage
import Web

/// Publishers who apply for an advertiser's programs, and those who are partners.
struct RequestPages: Sendable {
    let requestRoutes: RequestRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/advertiser/requests",
                summary: "Requests",
                roles: .advertisers,
                show: self.requests,
                forms: PartnershipService.Decision.allCases.map { decision in
                    ConsoleForm(
                        path: "/advertiser/requests/{partnership_id}/\(decision.rawValue)",
                        summary: "\(decision.rawValue) a partnership"
                    ) { request in
                        try await request.submit(self.requestRoutes.decide(decision))
                        return .goTo("/advertiser/requests?done=1&status=\(HTML.percentEncode(request.form["status"]))")
                    }.askingFirst().about { request in
                        guard let id = PartnershipID(request.parameter("partnership_id")) else { return nil }
                        let advertiser = request.session.caller.identity
                        let partnership = try await self.requestRoutes.database.read {
                            try $0.partnerships.require(id, ofAdvertiser: advertiser)
                        }
                        return FormSubject([
                            ("publisher", partnership.publisherName), ("program", partnership.programName),
                        ])
                    }
                }
            )
        ]
    }

    private static let requestsTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.choice("status", "[[state]]", of: "states"))<p><button>[[filter]]</button></p></form>
            """
            + PageParts.table(
                "[[newest_first]]",
                of: "partnerships",
                empty: "[[nobody_has_applied_yet]]",
                [
                    .init("[[publisher]]", "{{publisher_name}}", .heading),
                    .init(
                        "[[site]]",
                        "{{#site_url}}<a href=\"{{site_url}}\" rel=\"noopener noreferrer\">{{site_url}}</a>{{/site_url}} {{site_description}}"
                    ),
                    .init("[[program]]", "{{program_name}}"), .init("[[state]]", Snippets.state + " {{.reason}}"),
                    .init(
                        "[[decide]]",
                        """
                        <form class="row" method="post" action="{{base}}/advertiser/requests/{{id}}/approve">{{{token}}}<input type="hidden" name="status" value="{{filter}}">{{#buttons}}<button class="{{kind}}" formaction="{{base}}/advertiser/requests/{{id}}/{{name}}" aria-label="{{text}} {{publisher}}">{{text}}</button> {{/buttons}}</form>
                        """
                    ),
                ]
            ) + PageParts.older
    )

    @Sendable private func requests(_ request: PageRequest) async throws -> PageContent {
        let status = request.query("status")
        let found = try await request.ask(
            self.requestRoutes.list,
            ["status": .string(status), "cursor": .string(request.query("cursor"))]
        )
        let partnerships = request.rows(found.items) { entry in
            let partnership = entry.output.partnership
            let decisions: [PartnershipService.Decision] =
                switch partnership.status {
                case .pending: [.approve, .reject]
                case .rejected: [.approve]
                case .approved: [.suspend]
                case .suspended: [.reinstate]
                default: []
                }
            let buttons = decisions.map { decision in
                [
                    "name": decision.rawValue, "text": request.say("do.\(decision.rawValue)"),
                    "id": "\(partnership.id)",
                    "kind": decision == .approve || decision == .reinstate ? "quiet" : "danger",
                    "publisher": entry.publisher?.profile.displayName ?? "",
                ]
            }
            return ["buttons": buttons]
        }
        let states =
            [("", request.say("all"))]
            + Partnership.Status.listed.map { ($0.rawValue, request.say("status.\($0.rawValue)")) }
        return PageContent(
            request.say("requests"),
            Self.requestsTemplate,
            request,
            [
                "partnerships": partnerships,
                "states": PageParts.options(states, chosen: status), "filter": status,
                "older": request.next(found.next, keeping: ["status": status]),
            ]
        )
    }
}
