import Hummingbird
import Kernel

/// Which time zone a console shows times in, and the page where a visitor chooses it.
extension Console {
    func timeZone(of call: Call) -> PageTimeZone { PageTimeZone.chosen(by: call.request) ?? self.contract.timeZone }

    /// How a page shows values.
    package func display(of call: Call, _ language: Language) -> Display {
        Display(
            language: language,
            timeZone: self.timeZone(of: call),
            dayZone: self.contract.timeZone,
            word: self.contract.words.value
        )
    }

    /// What stands in the header of the console's pages: links to the other languages and to the choice of the time zone.
    ///
    /// - Parameter next: where they lead back to.
    func switches(call: Call, _ display: Display, next: String? = nil) -> Markup {
        let next = "next=\(HTML.percentEncode(next ?? self.here(after: call)))"
        let zone = ["zone": display.timeZone.name]
        let label = self.contract.words.say("time_zone_is", zone, in: display.language)
        let isHere = call.request.uri.path.bytewise.ends(with: Self.zonePath)
        let path = call.base(of: self.contract) + Self.zonePath + (isHere ? "" : "?\(next)")
        return """
            \(self.languageSwitch(call: call, display.language, next))<a href="\(path)" aria-label="\(label)">\(display.timeZone.name)</a> 
            """
    }

    private static let zonePath = "/time-zone"

    private static let zoneTemplate = Template(
        """
        <h1>[[time_zone]]</h1><p>[[pages_show_times_in]]</p>
        <form method="get" action="{{action}}"><input type="hidden" name="next" value="{{next}}">
        <p><label for="zone">[[time_zone]]</label><br><select id="zone" name="zone">
        {{#default}}\(PageParts.option){{/default}}
        {{#groups}}<optgroup label="{{title}}">{{#zones}}\(PageParts.option){{/zones}}</optgroup>{{/groups}}
        </select></p><p><button>[[save]]</button></p></form>
        """
    )

    /// The page of time zones, which also takes the choice: an empty one is the surface's own zone.
    var timeZoneEndpoint: Endpoint {
        Endpoint.page(.get, Self.zonePath, "Choose the time zone") { call in
            guard let wanted = call.request.uri.fields["zone"] else {
                return try await self.respond(to: call) { call, request in
                    self.zonePage(call, request?.language ?? self.language(of: call))
                }
            }
            if wanted.isEmpty { return self.back(call, setting: PageTimeZone.cookie(nil)) }
            guard let zone = PageTimeZone(identifier: String(wanted)) else {
                return try await self.respond(to: call) { _, _ in throw Problem(.notFound, "no_such_zone") }
            }
            return self.back(call, setting: PageTimeZone.cookie(zone))
        }
    }

    /// Where most readers of the language are.
    private static func commonZones(_ language: Language) -> [String] {
        switch language {
        case .english: []
        case .japanese: ["Asia/Tokyo"]
        case .chinese: ["Asia/Shanghai"]
        case .vietnamese: ["Asia/Ho_Chi_Minh"]
        }
    }

    private func zonePage(_ call: Call, _ language: Language) -> PageContent {
        let words = self.contract.words
        let chosen = PageTimeZone.chosen(by: call.request)?.name ?? ""
        let common = [PageTimeZone.utc.name] + Self.commonZones(language)
        let named = { (zones: [String]) in zones.map { (value: $0, title: $0.bytewise.replacing("_", with: " ")) } }
        let others = PageTimeZone.identifiers.filter { !common.contains($0) }
        let standard = self.contract.timeZone.name
        let values: [String: Any] = [
            "zone": standard,
            "action": call.base(of: self.contract) + Self.zonePath,
            "next": SignIn.next(call) ?? "",
            "default": PageParts.options(
                [("", words.say("default_zone", ["zone": standard], in: language))],
                chosen: chosen
            ),
            "groups": [("common_zones", common), ("other_zones", others)].map { title, zones -> [String: Any] in
                ["title": words.say(title, in: language), "zones": PageParts.options(named(zones), chosen: chosen)]
            },
        ]
        return PageContent(words.say("time_zone", in: language), Self.zoneTemplate.render(values, in: language))
    }
}
