import Hummingbird
import Kernel
import Web

/// The specification for people, with a form that checks stamps.
enum SpecPage {
    private static let template = Template(
        """
        <nav aria-label="[[surface_title]]"><ul class="inline"><li><a href="{{base}}/{{lang}}/forum">[[surface_title]]</a></li><li><a href="{{base}}/agents/apply">[[become_a_partner]]</a></li><li><a href="{{base}}/docs">[[api_reference]]</a></li></ul></nav>
        <h1>[[spec_title]]</h1><p>[[spec_decision]]</p>
        <h2>GeoStamp v1</h2><pre tabindex="0">{{geo}}</pre>
        """
            + Self.members("geo_members", "GeoStamp v1") + """
                <h2>AI-WS v1</h2><pre tabindex="0">{{ai}}</pre>
                """
            + Self.members("ai_members", "AI-WS v1")
            + PageParts.table(
                "[[values_that_disagree]] (412)",
                of: "conflicts",
                empty: "",
                [.init("[[rule]]", "<code>{{rule}}</code>", .heading), .init("[[meaning]]", "{{text}}")]
            )
            + PageParts.table(
                "[[errors_in_order]]",
                of: "errors",
                empty: "",
                [.init("HTTP", "{{status}}", .number), .init("type", "<code>{{type}}</code>", .heading)]
            )
            + PageParts.table(
                "[[limits]]",
                of: "limits",
                empty: "",
                [.init("[[name]]", "<code>{{name}}</code>", .heading), .init("[[value]]", "{{value}}", .number)]
            ) + """
                <p>[[events]]: {{events}}</p>
                <p><a href="{{base}}/spec/geostamp-v1.json">geostamp-v1.json</a> · <a href="{{base}}/spec/ai-ws-v1.json">ai-ws-v1.json</a> · <a href="{{base}}/spec/post-v1.json">post-v1.json</a> · <a href="{{base}}/openapi.json">openapi.json</a></p>
                <h2 id="check">[[check_stamps]]</h2><p>[[nothing_is_written]]</p>
                {{#verdict}}<p class="{{class}}" role="status">{{text}}</p><ul>{{#faults}}<li><code>{{path}}</code> {{text}}</li>{{/faults}}</ul>{{/verdict}}
                <form method="post" action="{{base}}/spec/check#check">
                """
            + PageParts.area("stamps", "JSON", value: "{{stamps}}") + "<p><button>[[check]]</button></p></form>",
        ForumWords.all
    )

    private static func members(_ list: String, _ caption: String) -> String {
        PageParts.table(
            "\(caption) (422)",
            of: list,
            empty: "",
            [.init("[[member]]", "<code>{{name}}</code>", .heading), .init("JSON Schema", "<code>{{schema}}</code>")]
        )
    }

    private static let geo = """
        {"iso": "JP-01", "latitude": 42.8045, "longitude": 140.6873, "radiusM": 500,
         "season": "winter", "validFrom": "2026-12-01", "validTo": "2027-03-31"}
        """

    private static let ai = """
        {"operator": "klook.com", "agentId": "…", "model": "gpt-5.2", "trainingCutoff": "2026-04-01",
         "confidence": 0.82, "firstHand": false,
         "sources": [{"url": "https://niseko.example/season-2026", "title": "Niseko Season 2026 Pass"}]}
        """

    /// What the form begins with.
    private static let example = """
        {"geo": \(Self.geo),
         "aiWs": \(Self.ai.bytewise.replacing("…", with: "01a22b0b-6a49-7000-b913-ed5d60169abc"))}
        """

    /// What somebody has sent to be checked, and what there is to say; nil for what is no JSON.
    struct Checked {
        let stamps: String
        let verdict: SpecVerdict?
    }

    static func response(_ call: Call, _ checked: Checked? = nil) -> Response {
        let language = Language.of(call.request, among: Language.allCases)
        let say = { (key: String) in ForumWords.all.say(key, in: language) }
        var values: [String: Any] = [
            "base": call.base(of: ForumContract.shared), "lang": language.rawValue, "geo": Self.geo, "ai": Self.ai,
            "geo_members": Self.rows(of: SpecSchemas.geoStamp), "ai_members": Self.rows(of: SpecSchemas.aiStamp),
            "conflicts": SpecFaults.rules.map { rule, arguments in
                ["rule": rule, "text": ForumWords.all.say("conflict.\(rule)", arguments, in: language)]
            },
            "errors": (SpecFacts.errors.array ?? []).map { error in
                ["status": "\(Int(error["status"]?.number ?? 0))", "type": error["type"]?.string ?? ""]
            },
            "limits": (SpecFacts.limits.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
                ["name": name, "value": JSON.text(of: value)]
            }, "events": ForumCatalogue.events.joined(separator: ", "), "stamps": checked?.stamps ?? Self.example,
        ]
        for list in ["geo_members", "ai_members", "conflicts", "errors", "limits"] { values["has_\(list)"] = true }
        if let checked { values["verdict"] = Self.verdict(checked.verdict, language) }
        return HTML.page(title: say("spec_title"), body: Self.template.render(values, in: language), language: language)
    }

    private static func rows(of schema: JSONValue) -> [[String: Any]] {
        (schema["properties"]?.object ?? [:]).sorted { $0.key < $1.key }.map { name, schema in
            ["name": name, "schema": JSON.text(of: schema)]
        }
    }

    private static func verdict(_ verdict: SpecVerdict?, _ language: Language) -> [String: Any] {
        let say = { (key: String) in ForumWords.all.say(key, in: language) }
        guard let verdict else { return ["class": "problem", "text": say("problem.invalid_json")] }
        let missing = verdict.spec.missing.map { (path: $0, text: say("is_missing")) }
        let conflicts = verdict.spec.conflicts.map { conflict in
            (
                path: conflict.path,
                text: ForumWords.all.say("conflict.\(conflict.rule)", conflict.arguments, in: language)
            )
        }
        let faults = verdict.faults.map { fault in
            (path: fault.path, text: ForumContract.shared.reason(fault, in: language))
        }
        return [
            "class": verdict.isValid ? "done" : "problem",
            "text": "\(verdict.status) · \(say(verdict.isValid ? "stamps_are_right" : "stamps_are_wrong"))",
            "faults": (missing + conflicts + faults).map { ["path": $0.path, "text": $0.text] },
        ]
    }
}
