import Hummingbird
import Kernel
import Search
import Web

/// Commerce as a browser finds it.
struct FrontPage: Sendable {
    let search: Search
    let console: Console

    var endpoint: Endpoint { self.console.endpoint(open: "/", "Start page", self.show) }

    private static let template = CommerceConsole.template(
        """
        <div class="title"><h1>[[surface_title]]</h1><p><a href="{{base}}/docs">[[api_reference]]</a> · <a href="{{base}}/openapi.json">[[openapi_document]]</a></p></div>
        <p>[[summary]]</p>
        <form method="get" action="{{base}}/try" class="fields">\(PageParts.field("intent", "[[what_are_you_looking_for]]", value: "", "type=\"search\" required maxlength=\"500\""))<p><button>[[recommend]]</button></p></form>
        <dl class="figures"><div><dt>[[products]]</dt><dd>{{products}}</dd></div><div><dt>[[makers]]</dt><dd>{{makers}}</dd></div><div><dt>[[categories]]</dt><dd>{{categoryCount}}</dd></div></dl>
        <div class="cards"><section class="card"><h2>[[for_developers]]</h2><p>[[for_developers_text]]</p><p><a href="{{base}}/sign-up">[[sign_up]]</a> · <a href="{{base}}/connect">[[connect]]</a></p></section>
        <section class="card"><h2>[[for_merchants]]</h2><p>[[for_merchants_text]]</p><p><a href="{{base}}/docs">[[api_reference]]</a></p></section>
        <section class="card"><h2>[[for_operators]]</h2><p>[[for_operators_text]]</p><p><a href="{{base}}/sign-in">[[sign_in]]</a></p></section></div>
        {{#has_kinds}}<h2>[[categories]]</h2><ul class="tags">{{#kinds}}<li><a href="{{base}}/try?intent={{encoded}}">{{name}}</a> <span class="soft">{{count}}</span></li>{{/kinds}}</ul>{{/has_kinds}}
        """
    )

    @Sendable private func show(_ call: Call, _ request: PageRequest?) async throws -> PageContent {
        let language = request?.language ?? self.console.language(of: call)
        let base = call.base(of: CommerceContract.shared)
        let answer = self.search.answer(SearchQuery(limit: 0, facets: ["category", "brand"], facetLimit: 10_000))
        let kinds = (answer.facets["category"] ?? []).filter { !$0.value.isEmpty }
        var values: [String: Any] = [
            "base": base, "products": "\(answer.total)", "makers": "\(answer.facets["brand"]?.count ?? 0)",
            "categoryCount": "\(kinds.count)",
            "kinds": kinds.prefix(30).map {
                ["base": base, "name": $0.value, "encoded": HTML.percentEncode($0.value), "count": "\($0.count)"]
            },
        ]
        if !kinds.isEmpty { values["has_kinds"] = true }
        return PageContent(
            CommerceWords.all.say("surface_title", in: language),
            Self.template.render(values, in: language)
        )
    }
}
