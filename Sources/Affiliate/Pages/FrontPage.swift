import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Search
import Storage
import Web

/// The network's front, which everybody sees.
struct FrontPage: Sendable {
    private static let shown = 12

    let database: any Database
    let search: Search
    let console: Console

    var endpoint: Endpoint { Endpoint.page(.get, "/", "The network", self.front) }

    private static let frontTemplate = AffiliateConsole.template(
        """
        <div class="title"><h1>[[surface_title]]</h1>
        <p><a href="{{base}}/docs">[[reference_documents]]</a> · <a href="{{base}}/openapi.json">OpenAPI</a></p></div>
        <p>[[advertisers_pay_for_orders_publishers_and]]</p>
        {{^isSignedIn}}<p class="row"><a class="button" href="{{base}}/sign-up?role=publisher">[[sign_up_as_a_publisher]]</a> <a class="button quiet" href="{{base}}/sign-up?role=advertiser">[[sign_up_as_an_advertiser]]</a> <a href="{{base}}/sign-in">[[sign_in]]</a></p>{{/isSignedIn}}
        {{#isSignedIn}}<p><a class="button" href="{{base}}{{home}}">[[to_my_work_place]]</a></p>{{/isSignedIn}}
        <dl class="figures"><div><dt>[[active_programs]]</dt><dd>{{stats.programs}}</dd></div><div><dt>[[publishers]]</dt><dd>{{stats.publishers}}</dd></div>
        <div><dt>[[advertisers]]</dt><dd>{{stats.advertisers}}</dd></div><div><dt>[[approved_conversions]]</dt><dd>{{stats.conversions}}</dd></div></dl>
        <section aria-labelledby="newest"><h2 id="newest">[[newest_programs]]</h2>
        {{^has_programs}}<p class="empty">[[no_program_is_active_yet]]</p>{{/has_programs}}
        <div class="cards">{{#programs}}<article class="card"><h3>{{name}}</h3><p>{{description}}</p>
        <p class="soft">{{reward_amount}}{{#reward_percent}} ({{reward_percent}}){{/reward_percent}} · <span class="acronym">{{reward_type}}</span> · {{advertiser_name}}</p></article>{{/programs}}</div></section>
        """
    )

    @Sendable private func front(_ call: Call) async throws -> Response {
        try await self.console.respond(to: call) { call, request in
            let language = request?.language ?? self.console.language(of: call)
            let (stats, programs) = try await self.database.read { tx in
                let newest = self.search.answer(ProgramQuery(limit: Self.shown, offset: 0).search(at: tx.now)).programs
                let stats: JSONValue = [
                    "programs": .int(try tx.catalog.countActive()),
                    "publishers": .int(
                        try tx.affiliateAccounts.count(role: .publisher) + tx.affiliateAccounts.count(role: .agent)
                    ),
                    "advertisers": .int(try tx.affiliateAccounts.count(role: .advertiser)),
                    "conversions": .integer(try tx.catalog.countApproved()),
                ]
                return (stats, try tx.programs.list(newest).map { ProgramOutput(program: $0, now: tx.now) })
            }
            var values: [String: Any] = ["base": call.base(of: AffiliateContract.shared)]
            values["stats"] = stats.shown
            values["programs"] = programs.shown(self.console.display(of: call, language))
            if !programs.isEmpty { values["has_programs"] = true }
            if let request {
                values["isSignedIn"] = true
                values["home"] = AffiliateConsole.home(of: request.session.caller.role)
            }
            let title = AffiliateWords.all.say("affiliate_network", in: language)
            return PageContent(title, Self.frontTemplate.render(values, in: language))
        }
    }
}
