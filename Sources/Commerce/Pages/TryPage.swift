import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// A page to try recommendations: a sentence in, cards out, and what was understood on the way. It needs no script.
struct TryPage: Sendable {
    private static let limit = 3

    let routes: RecommendRoutes
    let trial: Trial
    let publicURL: String
    let console: Console
    let clock: WallClock

    var endpoint: Endpoint {
        Endpoint.page(.get, "/try", "Try a sentence") { call in
            var response = try await self.console.respond(to: call, self.show)
            // Whoever has opened the page may ask for a quarter of an hour.
            if let cookie = self.trial.cookie { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    private static let template = CommerceConsole.template(
        """
        <h1>[[try_it]]</h1>{{#isOff}}<p class="empty">[[trial_is_off]]</p>{{/isOff}}
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <form method="get" action="{{here}}" class="fields">\(PageParts.field("intent", "[[what_are_you_looking_for]]", value: "{{wish}}", "type=\"search\" required maxlength=\"500\""))\(PageParts.field("region", "[[region_two_letters]]", value: "{{region}}", "maxlength=\"2\" size=\"2\""))<p><button>[[recommend]]</button></p></form>
        <p class="soft">[[for_example]] {{#examples}}<a href="{{here}}?intent={{encoded}}">{{text}}</a>{{^last}} · {{/last}}{{/examples}}</p>
        {{#answer}}<section aria-labelledby="cards"><h2 id="cards">[[cards]]</h2><p>{{shopper_guide}}</p>
        {{^has_items}}<p class="empty">[[nothing_fits]]</p>{{/has_items}}
        <div class="cards">{{#items}}<article class="card"><h3>{{product.title}}</h3><p>{{#product.price}}<strong>{{amount}} {{currency}}</strong>{{/product.price}} {{#product.brand}}· {{product.brand}}{{/product.brand}} {{#product.category_l2}}· {{product.category_l2}}{{/product.category_l2}}</p>
        <p>{{selection_story.headline}} · {{selection_story.moras_score}} / 10</p><ul>{{#selection_story.bullets}}<li>{{.}}</li>{{/selection_story.bullets}}</ul>
        {{#hero_pitch.key_benefits}}<span class="soft">{{title}}: {{desc}}</span><br>{{/hero_pitch.key_benefits}}
        <p class="row"><a class="button" href="{{shop}}" rel="sponsored noopener">{{cta.primary.label}}</a> <a href="{{more}}">{{cta.secondary.label}}</a></p>
        {{#data_source}}<p class="soft">{{name}} · <a href="{{url}}" rel="noopener">{{license}}</a></p>{{/data_source}}</article>{{/items}}</div></section>
        <section aria-labelledby="trace"><h2 id="trace">[[how_it_was_found]]</h2>
        <dl class="facts"><dt>[[tier]]</dt><dd>{{tier_text}}</dd><dt>[[words_sought]]</dt><dd>{{#resolved_keywords}}{{.}} {{/resolved_keywords}}</dd><dt>[[hits_and_fill]]</dt><dd>{{retrieval.intent_hits}} + {{retrieval.trending_fill}}</dd>{{#exchange_rate}}<dt>[[exchange_rate]]</dt><dd>1 {{currency}} = {{usd}} USD ({{date}})</dd>{{/exchange_rate}}</dl>
        """
            + PageParts.table(
                "[[what_was_understood]]",
                of: "pieces",
                empty: "[[nothing_was_understood]]",
                [
                    .init("[[words]]", "{{#text}}{{text}}{{/text}}{{^text}}—{{/text}}", .heading),
                    .init("[[meaning]]", "{{kind_text}}"),
                    .init("[[value]]", "<code>{{value}}</code>"),
                    .init("[[must_hold]]", "{{#hard}}[[yes]]{{/hard}}{{^hard}}[[no]]{{/hard}}"),
                ]
            )
            + PageParts.table(
                "[[factors]]",
                of: "factors",
                empty: "[[nothing_fits]]",
                [
                    .init("[[card]]", "{{title}}", .heading), .init("[[tier]]", "{{tier}}"),
                    .init("[[hit_score]]", "{{score}}", .number), .init("[[relevance]]", "{{relevance}}", .number),
                    .init("[[evidence]]", "{{evidence}}", .number), .init("[[value_for_money]]", "{{value}}", .number),
                    .init("[[reputation]]", "{{reputation}}", .number),
                    .init("[[availability]]", "{{availability}}", .number),
                    .init("[[card_score]]", "{{total}}", .number),
                ]
            ) + """
                <p class="soft">{{ranking_note}} [[unknown_factors_count]]</p></section>
                <section aria-labelledby="request"><h2 id="request">[[the_same_as_a_request]]</h2><pre tabindex="0"><code>{{curl}}</code></pre><pre tabindex="0"><code>{{python}}</code></pre></section>{{/answer}}
                """
    )

    private static let examples = [
        "wireless mouse under $30", "200元以内的无线鼠标", "5000円以下のワイヤレスマウス", "chuột không dây dưới 700k",
    ]

    @Sendable private func show(_ call: Call, _ request: PageRequest?) async throws -> PageContent {
        let language = request?.language ?? self.console.language(of: call)
        let query = call.request.uri.fields
        let read = { (name: Substring) in VisibleLine.of(query[name].map(String.init) ?? "", RecommendRoutes.wishLimit)
        }
        let wish = read("intent")
        let title = CommerceWords.all.say("try_it", in: language)
        var values: [String: Any] = [
            "here": call.request.uri.path, "wish": wish, "region": read("region"),
            "examples": Self.examples.enumerated().map { index, text -> [String: Any] in
                let entry: [String: Any] = [
                    "text": text, "encoded": HTML.percentEncode(text), "here": call.request.uri.path,
                ]
                return index == Self.examples.count - 1 ? entry.merging(["last": true]) { $1 } : entry
            },
        ]
        if self.trial.mode == .off, request == nil { values["isOff"] = true }
        guard !wish.isEmpty, values["isOff"] == nil else {
            return PageContent(title, Self.template.render(values, in: language))
        }
        do {
            let region = read("region")
            guard region.isEmpty || Region(region) != nil else {
                var validation = Validation()
                validation.require(false, "region", FieldRule("region"))
                try validation.check()
                return PageContent(title, Self.template.render(values, in: language))
            }
            let answer = try await self.routes.tried(wish, region: Region(region), limit: Self.limit, call)
            values["answer"] = self.values(of: answer, call, request, language)
        } catch let problem as Problem where problem.kind != .internal {
            values["problem"] = CommerceWords.all.describe(problem, in: language)
        }
        return PageContent(title, Self.template.render(values, in: language))
    }

    private func values(of answer: RecommendOutput, _ call: Call, _ request: PageRequest?, _ language: Language)
        -> [String: Any]
    {
        let display = request?.display ?? Display(language: language)
        var values = answer.shown(display) as? [String: Any] ?? [:]
        let base = call.base(of: CommerceContract.shared)
        let say = { (key: String) in CommerceWords.all.say(key, in: language) }
        let items = (values["items"] as? [[String: Any]] ?? []).map { item -> [String: Any] in
            let id = item["rec_id"] as? String ?? ""
            return item.merging(["shop": "\(base)/r/\(id)", "more": "\(base)/v/\(id)"]) { $1 }
        }
        values["items"] = items
        if !items.isEmpty { values["has_items"] = true }
        values["tier_text"] = say("tier.\(answer.tier.rawValue)")
        let pieces = answer.pieces.map { piece -> [String: Any] in
            var shown: [String: Any] = [
                "kind_text": say("piece.\(piece.piece.kind.rawValue)"), "value": piece.piece.value,
                "text": piece.piece.text,
            ]
            if piece.piece.isHard { shown["hard"] = true }
            return shown
        }
        values["pieces"] = pieces
        if !pieces.isEmpty { values["has_pieces"] = true }
        let factors = zip(answer.items, answer.proposals).map { card, ranked -> [String: Any] in
            var shown: [String: Any] = [
                "title": card.value?.product.title ?? "", "tier": say("tier.\(ranked.value?.tier.rawValue ?? "none")"),
                "score": ranked.value?.score.text ?? "", "total": card.value?.story.score.text ?? "",
            ]
            for factor in ranked.value?.factors ?? [] {
                shown[factor.name] = factor.value.map { FixedPoint(rounding: $0, places: 2).text } ?? "?"
            }
            return shown
        }
        values["factors"] = factors
        if !factors.isEmpty { values["has_factors"] = true }
        values["curl"] = Snippets.curl(answer.wish, self.publicURL)
        values["python"] = Snippets.python(answer.wish, self.publicURL)
        return values
    }
}
