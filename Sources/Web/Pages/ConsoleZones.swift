import Hummingbird
import Kernel

/// Which time zone a console shows times in, and the page where a visitor chooses it.
extension Console {
    func zone(of call: Call) -> PageZone { PageZone.chosen(by: call.request) ?? self.contract.zone }

    /// How a page shows values.
    package func display(of call: Call, _ language: Language) -> Display {
        Display(language: language, zone: self.zone(of: call), word: self.contract.words.value)
    }

    /// What stands in the header of every page: the other languages, and the time zone.
    func switches(call: Call, _ display: Display) -> Markup {
        let label = "\(self.contract.words.say("time_zone", in: display.language)): \(display.zone.name)"
        let isHere = call.request.uri.path.bytewise.ends(with: Self.zonePath)
        let path = call.base(of: self.contract) + Self.zonePath + (isHere ? "" : "?\(self.next(after: call))")
        return """
            \(self.languageSwitch(call: call, display.language))<a href="\(path)" aria-label="\(label)">\(display.zone.name)</a> 
            """
    }

    private static let zonePath = "/time-zone"

    private static let zoneTemplate = Template(
        """
        <h1>[[time_zone]]</h1><p>[[pages_show_times_in]]</p>
        <form method="get" action="{{action}}"><input type="hidden" name="next" value="{{next}}">
        <p><label for="zone">[[time_zone]]</label><br><select id="zone" name="zone">
        {{#usual}}\(PageParts.option){{/usual}}
        {{#groups}}<optgroup label="{{title}}">{{#zones}}\(PageParts.option){{/zones}}</optgroup>{{/groups}}
        </select></p><p><button>[[save]]</button></p></form>
        """
    )

    /// The page of time zones, which also takes the choice: an empty one is the surface's own zone.
    var zoneEndpoint: Endpoint {
        Endpoint.page(.get, Self.zonePath, "Choose the time zone") { call in
            guard let wanted = call.request.uri.queryParameters["zone"] else {
                return try await self.respond(to: call) { call, request in
                    self.zonePage(call, request?.language ?? self.language(of: call))
                }
            }
            if wanted.isEmpty { return self.back(call, setting: PageZone.cookie(nil)) }
            guard let zone = PageZone(identifier: String(wanted)) else {
                return try await self.respond(to: call) { _, _ in throw Problem(.notFound, "no_such_zone") }
            }
            return self.back(call, setting: PageZone.cookie(zone))
        }
    }

    private func zonePage(_ call: Call, _ language: Language) -> PageContent {
        let words = self.contract.words
        let chosen = PageZone.chosen(by: call.request)?.name ?? ""
        let often = [PageZone.utc.name] + language.usualZones
        let named = { (zones: [String]) in zones.map { (value: $0, title: $0.bytewise.replacing("_", with: " ")) } }
        let all = PageZone.identifiers.filter { !often.contains($0) }
        let usual = "\(words.say("usual_zone", in: language)) (\(self.contract.zone.name))"
        let values: [String: Any] = [
            "action": call.base(of: self.contract) + Self.zonePath,
            "next": call.request.uri.queryParameters["next"].map(String.init) ?? "",
            "usual": PageParts.options([("", usual)], chosen: chosen),
            "groups": [("often_chosen", often), ("all_zones", all)].map { title, zones -> [String: Any] in
                ["title": words.say(title, in: language), "zones": PageParts.options(named(zones), chosen: chosen)]
            },
        ]
        return PageContent(words.say("time_zone", in: language), Self.zoneTemplate.render(values, in: language))
    }
}
