import Kernel
import Platform
import Web

/// The buyer's console: what is left, what it went for.
struct AccountPages: Sendable {
    let cache: ListingCache
    let billing: BillingRoutes
    let jobs: JobRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(path: "/account", summary: "Account", roles: nil, show: self.account),
            ConsolePage(
                path: "/account/usage",
                summary: "Usage",
                roles: nil,
                show: self.usage,
                forms: [ConsoleForm(path: "/account/usage", summary: "Write usage into a file", perform: self.export)]
            ),
        ]
    }

    private static let calls = """
        <div class="scroll" tabindex="0" role="region" aria-label="[[calls]] ([[table]])"><table><caption>{{caption}}</caption>
        <thead><tr><th scope="col">[[at_zone]]</th><th scope="col">[[service]]</th><th scope="col" class="number">[[status]]</th><th scope="col" class="number">[[latency_ms]]</th><th scope="col" class="number">[[paid_usdc]]</th><th scope="col">[[outcome]]</th></tr></thead>
        <tbody>{{#usage}}<tr><th scope="row" class="whole">{{called_at}}</th><td><a href="{{base}}/services/{{service_id}}">{{service}}</a></td><td class="number">{{status_code}}</td><td class="number">{{latency_ms}}</td><td class="number">{{amount}}{{#free_tier}} [[free]]{{/free_tier}}</td><td><span class="state state-{{outcome}}">{{outcome_text}}</span></td></tr>{{/usage}}</tbody></table></div>
        """

    private static let accountTemplate = Template(
        PageParts.heading + """
            <dl class="figures"><div><dt>[[balance_usdc]]</dt><dd>{{balance.balance}}</dd></div>
            <div><dt>[[reserved]]</dt><dd>{{balance.reserved}}</dd></div>
            <div><dt>[[spent]]</dt><dd>{{me.total_spent_usd}}</dd></div>
            <div><dt>[[calls]]</dt><dd>{{me.total_calls}}</dd></div>
            <div><dt>[[average_latency_ms]]</dt><dd>{{me.avg_latency_ms}}</dd></div></dl>
            <p class="row"><a class="button" href="{{base}}/account/deposits">[[top_up]]</a> <a href="{{base}}/">[[find_services]]</a></p>
            <section aria-labelledby="latest"><h2 id="latest">[[latest_calls]]</h2>
            {{^usage}}<p class="empty">[[no_calls_yet]] <a href="{{base}}/">[[find_services]]</a></p>{{/usage}}
            {{#hasUsage}}\(calls)<p><a href="{{base}}/account/usage">[[all_calls]]</a></p>{{/hasUsage}}</section>
            """,
        MarketWords.all
    )

    @Sendable private func account(_ request: PageRequest) async throws -> PageContent {
        let usage = try await request.ask(self.billing.usage, ["limit": 10])
        return PageContent(
            request.say("account_of", ["name": request.session.caller.name]),
            Self.accountTemplate,
            request,
            [
                "balance": try await request.ask(self.billing.balance),
                "me": try await request.ask(self.billing.usageSummary), "usage": try await self.named(usage, request),
                "hasUsage": !usage.usage.isEmpty, "caption": request.say("the_ten_newest"),
            ]
        )
    }

    private static let usageTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/account/usage" class="fields">
            <p><label for="service_id">[[service_its_id]]</label><br><input id="service_id" name="service_id" value="{{filter.service_id}}"></p>
            <p><label for="from">[[from_day]]</label><br><input id="from" name="from" type="date" value="{{filter.from}}"></p>
            <p><label for="to">[[up_to_without_day]]</label><br><input id="to" name="to" type="date" value="{{filter.to}}"></p>
            <p class="row"><button>[[filter]]</button> <button class="quiet" formaction="{{base}}/account/usage.csv">[[download_as_csv]]</button></p>
            </form>
            {{^hasUsage}}<p class="empty">[[no_calls_match]]</p>{{/hasUsage}}
            {{#hasUsage}}\(calls){{/hasUsage}}
            <section aria-labelledby="file"><h2 id="file">[[as_a_file_later]]</h2>
            <form method="post" action="{{base}}/account/usage">{{{token}}}<input type="hidden" name="service_id" value="{{filter.service_id}}"><input type="hidden" name="from" value="{{filter.from}}"><input type="hidden" name="to" value="{{filter.to}}">
            <p><button class="quiet">[[write_these_calls_into_a_file]]</button> <a href="{{base}}/account/jobs">[[earlier_jobs_and_files]]</a></p></form></section>
            {{#older}}<p><a href="{{older}}" rel="next">[[older_calls]]</a></p>{{/older}}
            """,
        MarketWords.all
    )

    static func filter(_ request: PageRequest) -> [String: String] {
        ["service_id", "from", "to"].reduce(into: [:]) { filter, name in
            let value = request.query(name)
            if !value.isEmpty { filter[name] = value }
        }
    }

    @Sendable private func usage(_ request: PageRequest) async throws -> PageContent {
        let filter = Self.filter(request)
        var query = filter.mapValues { JSONValue.string($0) }
        query["cursor"] = .string(request.query("cursor"))
        let usage = try await request.ask(self.billing.usage, query)
        let older = usage.nextCursor.map { cursor in
            let parts = filter.merging(["cursor": cursor]) { $1 }.sorted { $0.key < $1.key }
            return "\(request.base)/account/usage?"
                + parts.map { "\($0.key)=\(HTML.percentEncode($0.value))" }.joined(separator: "&")
        }
        return PageContent(
            request.say("usage"),
            Self.usageTemplate,
            request,
            [
                "usage": try await self.named(usage, request), "hasUsage": !usage.usage.isEmpty, "filter": filter,
                "older": older, "caption": request.say("newest_first"),
            ]
        )
    }

    @Sendable private func export(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        .goTo(JobPages.path(of: try await request.submit(self.jobs.export)))
    }

    /// The records with the names of their services.
    private func named(_ usage: UsageList, _ request: PageRequest) async throws -> [[String: Any]] {
        let listings = try await self.cache.list(Array(Set(usage.usage.map(\.listing)))).map(\.listing)
        let names = Dictionary(listings.map { ($0.id, $0.name) }) { first, _ in first }
        return request.rows(usage.usage) { ["service": names[$0.listing] ?? $0.listing.text] }
    }
}
