import Hummingbird
import Kernel
import Web

/// The specification for people.
enum SpecPage {
    private static let template = Template(
        """
        <h1>[[spec_title]]</h1><p>[[spec_decision]]</p>
        <h2>GeoStamp v1</h2><pre tabindex="0">{{geo}}</pre>
        <h2>AI-WS v1</h2><pre tabindex="0">{{ai}}</pre>
        <p><a href="{{base}}/spec/geostamp-v1.json">geostamp-v1.json</a> · <a href="{{base}}/spec/ai-ws-v1.json">ai-ws-v1.json</a> · <a href="{{base}}/spec/post-v1.json">post-v1.json</a> · <a href="{{base}}/openapi.json">openapi.json</a></p>
        """,
        ForumWords.all
    )

    private static let geo = """
        {"iso": "JP-01", "latitude": 42.8045, "longitude": 140.6873, "radiusM": 500,
         "season": "winter", "validFrom": "2026-12-01", "validTo": "2027-03-31"}
        """

    private static let ai = """
        {"operator": "klook.com", "agentId": "…", "model": "gpt-5.2", "trainingCutoff": "2026-04-01",
         "confidence": 0.82, "firstHand": false,
         "sources": [{"url": "https://niseko.example/season-2026", "title": "Niseko Season 2026 Pass"}]}
        """

    static func response(_ call: Call) -> Response {
        let language = Language.of(call.request, among: Language.allCases)
        let values: [String: Any] = ["base": call.base(of: ForumContract.shared), "geo": Self.geo, "ai": Self.ai]
        return HTML.page(
            title: ForumWords.all.say("spec_title", in: language),
            body: Self.template.render(values, in: language),
            language: language
        )
    }
}
