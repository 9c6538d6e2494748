import Kernel

/// The members of both stamps as far as each can be read by itself. What is nil is missing.
struct StampFields: Sendable {
    struct Geo: Sendable {
        var iso: String?
        var latitude: MicroDegrees?
        var longitude: MicroDegrees?
        var radiusM: Int?
        var season: String?
        var validFrom: Day?
        var validTo: Day?
    }

    struct AI: Sendable {
        var `operator`: String?
        var agent: String?
        var model: String?
        var trainingCutoff: Day?
        var confidence: Double?
        var isFirstHand: Bool?
        var sources: [AIStamp.Source]?
    }

    var geo = Geo()
    var ai = AI()

    /// Faults of single values go to the validation.
    init(_ body: [String: JSONValue], _ validation: inout Validation) {
        var geo = MemberReader(body, "geo", validation)
        self.geo.iso = geo.text("iso", PlaceCode.isCode, "iso_form")?.uppercased()
        self.geo.latitude = geo.degrees("latitude", 90)
        self.geo.longitude = geo.degrees("longitude", 180)
        self.geo.radiusM = geo.number("radiusM", 1...200_000).map { Int(($0 + 0.5).rounded(.down)) }
        self.geo.season = geo.text("season")
        self.geo.validFrom = geo.day("validFrom")
        self.geo.validTo = geo.day("validTo")
        var ai = MemberReader(body, "aiWs", geo.validation)
        self.ai.operator = ai.text("operator", HostName.isName, "host_name").map { $0.lowercased() }
        self.ai.agent = ai.text("agentId", UUIDText.isUUID, "uuid").map { $0.lowercased() }
        self.ai.model = ai.text("model", { (1...100).contains($0.unicodeScalars.count) }, "model_name")
        self.ai.trainingCutoff = ai.day("trainingCutoff")
        self.ai.confidence = ai.number("confidence", 0...1)
        self.ai.isFirstHand = ai.flag("firstHand")
        self.ai.sources = ai.sources("sources")
        validation = ai.validation
    }
}

/// Reads the members of one object of a body.
private struct MemberReader {
    private let members: [String: JSONValue]
    private let name: String
    var validation: Validation

    init(_ body: [String: JSONValue], _ name: String, _ validation: Validation) {
        self.validation = validation
        self.name = name
        let value = body[name] ?? .null
        self.members = value.object ?? [:]
        if value != .null, value.object == nil { self.validation.malformed(name, FieldRule("object")) }
    }

    private func path(_ member: String) -> String { "\(self.name).\(member)" }

    private func value(_ member: String) -> JSONValue? { self.members[member].flatMap { $0 == .null ? nil : $0 } }

    mutating func text(_ member: String, _ holds: (String) -> Bool = { _ in true }, _ rule: String = "") -> String? {
        guard let value = self.value(member) else { return nil }
        guard let text = value.string else {
            self.validation.malformed(self.path(member), FieldRule("string"))
            return nil
        }
        self.validation.require(holds(text), self.path(member), FieldRule(rule))
        return text
    }

    mutating func number(_ member: String, _ range: ClosedRange<Double>) -> Double? {
        guard let value = self.value(member) else { return nil }
        guard let number = value.number else {
            self.validation.malformed(self.path(member), FieldRule("number"))
            return nil
        }
        self.require(number, within: range, member)
        return range.contains(number) ? number : nil
    }

    private mutating func require(_ number: Double, within range: ClosedRange<Double>, _ member: String) {
        let (low, high) = (Int(range.lowerBound), Int(range.upperBound))
        self.validation.require(
            number <= range.upperBound,
            self.path(member),
            FieldRule("maximum", ["limit": "\(high)"])
        )
        self.validation.require(
            number >= range.lowerBound,
            self.path(member),
            FieldRule("minimum", ["limit": "\(low)"])
        )
    }

    mutating func degrees(_ member: String, _ limit: Int) -> MicroDegrees? {
        guard let value = self.value(member) else { return nil }
        guard let exact = MicroDegrees(value) else {
            self.validation.malformed(self.path(member), FieldRule("number"))
            return nil
        }
        self.require(exact.degrees, within: Double(-limit)...Double(limit), member)
        return exact
    }

    mutating func day(_ member: String) -> Day? {
        guard let text = self.text(member) else { return nil }
        let day = Day(text: text)
        self.validation.require(day != nil, self.path(member), FieldRule("date"))
        return day
    }

    mutating func flag(_ member: String) -> Bool? {
        guard let value = self.value(member) else { return nil }
        guard case .bool(let flag) = value else {
            self.validation.malformed(self.path(member), FieldRule("boolean"))
            return nil
        }
        return flag
    }

    mutating func sources(_ member: String) -> [AIStamp.Source]? {
        guard let value = self.value(member) else { return nil }
        guard let list = value.array else {
            self.validation.malformed(self.path(member), FieldRule("objects"))
            return nil
        }
        let limit = FieldRule("at_most_items", ["limit": "\(AIStamp.sourceLimit)"])
        self.validation.require(list.count <= AIStamp.sourceLimit, self.path(member), limit)
        return list.enumerated().compactMap { index, entry in self.source(entry, "\(self.path(member))[\(index)]") }
    }

    private mutating func source(_ entry: JSONValue, _ path: String) -> AIStamp.Source? {
        guard entry.object != nil else {
            self.validation.malformed(path, FieldRule("object"))
            return nil
        }
        guard let given = entry["url"], given != .null else {
            self.validation.missing("\(path).url")
            return nil
        }
        let url = given.string ?? ""
        self.validation.require(HTTPSAddress.isAddress(url), "\(path).url", FieldRule("https_address"))
        let title = entry["title"] ?? .null
        if title != .null {
            let text = title.string ?? ""
            self.validation.require(
                title.string != nil && text.unicodeScalars.count <= 200,
                "\(path).title",
                FieldRule("at_most", ["limit": "200"])
            )
            self.validation.require(
                text.unicodeScalars.allSatisfy { !HiddenText.isHidden($0) },
                "\(path).title",
                FieldRule("line")
            )
        }
        return AIStamp.Source(url: url, title: title.string)
    }
}
