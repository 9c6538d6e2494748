import Kernel
import Web

/// What is missing of the stamps, and which values disagree with others, with a table or with the registration.
struct SpecFaults: Sendable {
    struct Conflict: Sendable {
        let path: String
        /// Its code; a sentence in the words.
        let rule: String
        var arguments: [String: String] = [:]

        var message: String { ForumWords.all.say("conflict.\(self.rule)", self.arguments, in: .english) }
    }

    /// Every rule of the second kind, with an example of what its sentence names.
    static let rules: [(code: String, arguments: [String: String])] = [
        ("iso_unknown", ["iso": "JP-48"]), ("outside_subdivision", ["iso": "JP-01"]),
        ("season_unknown", ["values": Season.allCases.map(\.rawValue).joined(separator: ", ")]),
        ("season_mismatch", [:]),
        ("dates_reversed", [:]), ("too_long", ["limit": "\(GeoStamp.longestDays)"]),
        ("operator_mismatch", ["domain": "klook.com"]), ("agent_unknown", [:]), ("agent_inactive", [:]),
        ("model_mismatch", ["model": "gpt-5.2"]), ("cutoff_mismatch", ["cutoff": "2026-04-01"]),
        ("sources_required", [:]), ("source_repeated", [:]),
    ]

    var missing: [String] = []
    var conflicts: [Conflict] = []
    /// Ten-thousandths of the AI-WS fields that are there and agree.
    var completeness = 10_000

    /// The agent that wrote the post must not write any more.
    static var inactiveAgent: SpecFaults {
        var faults = SpecFaults()
        faults.require(false, "aiWs.agentId", "agent_inactive")
        return faults
    }

    var isEmpty: Bool { self.missing.isEmpty && self.conflicts.isEmpty }

    var text: String {
        (self.missing.map { "\($0): is missing" } + self.conflicts.map { "\($0.path): \($0.message)" })
            .joined(separator: "; ")
    }

    mutating func require(_ holds: Bool, _ path: String, _ rule: String, _ arguments: [String: String] = [:]) {
        if !holds { self.conflicts.append(Conflict(path: path, rule: rule, arguments: arguments)) }
    }

    func isFaulty(_ path: String) -> Bool {
        self.missing.contains { $0.bytewise.equals(path) } || self.conflicts.contains { $0.path.bytewise.equals(path) }
    }
}

/// Who is said to write, as the registration knows it.
struct StampOwner: Sendable {
    let domain: String
    /// The agent that the stamp names; nil where it is not an active one of the partner.
    let agent: Agent?
}

/// Judges stamps whose single values are possible.
struct StampJudge: Sendable {
    let subdivisions: Subdivisions

    /// - Parameter owner: nil where nobody is known: what depends on the partner is then not judged.
    func judge(_ fields: StampFields, _ owner: StampOwner?) -> (stamps: (GeoStamp, AIStamp)?, faults: SpecFaults) {
        var faults = SpecFaults()
        let geo = self.place(fields.geo, &faults)
        let ai = Self.authorship(fields.ai, owner, &faults)
        faults.completeness = Self.completeness(fields.ai, faults)
        guard faults.isEmpty, let geo, let ai else { return (nil, faults) }
        return ((geo, ai), faults)
    }

    // MARK: Place

    private func place(_ geo: StampFields.Geo, _ faults: inout SpecFaults) -> GeoStamp? {
        let members: [(String, Bool)] = [
            ("iso", geo.iso == nil), ("latitude", geo.latitude == nil), ("longitude", geo.longitude == nil),
            ("radiusM", geo.radiusM == nil), ("season", geo.season == nil), ("validFrom", geo.validFrom == nil),
            ("validTo", geo.validTo == nil),
        ]
        faults.missing += members.filter(\.1).map { "geo.\($0.0)" }
        if let iso = geo.iso { faults.require(self.subdivisions.has(iso), "geo.iso", "iso_unknown", ["iso": iso]) }
        if let iso = geo.iso, let latitude = geo.latitude, let longitude = geo.longitude, let radius = geo.radiusM,
            let boxes = self.subdivisions.boxes(iso)
        {
            let isInside = boxes.contains {
                $0.holds(latitude: latitude.degrees, longitude: longitude.degrees, radiusM: radius)
            }
            for axis in ["latitude", "longitude"] where !isInside {
                faults.require(false, "geo.\(axis)", "outside_subdivision", ["iso": iso])
            }
        }
        let season = geo.season.flatMap { Season(word: $0) }
        if geo.season != nil {
            let known = Season.allCases.map(\.rawValue).joined(separator: ", ")
            faults.require(season != nil, "geo.season", "season_unknown", ["values": known])
        }
        if let from = geo.validFrom, let to = geo.validTo {
            faults.require(from <= to, "geo.validTo", "dates_reversed")
            let days = to.number - from.number + 1
            faults.require(
                days <= GeoStamp.longestDays,
                "geo.validTo",
                "too_long",
                ["limit": "\(GeoStamp.longestDays)"]
            )
            if let season, let latitude = geo.latitude, from <= to, days <= GeoStamp.longestDays {
                faults.require(season.fits(from: from, to: to, at: latitude), "geo.season", "season_mismatch")
            }
        }
        guard let iso = geo.iso, let latitude = geo.latitude, let longitude = geo.longitude, let radius = geo.radiusM,
            let season, let from = geo.validFrom, let to = geo.validTo
        else { return nil }
        return GeoStamp(
            iso: iso,
            latitude: latitude,
            longitude: longitude,
            radiusM: radius,
            season: season,
            validFrom: from,
            validTo: to
        )
    }

    // MARK: Authorship

    private static func authorship(_ ai: StampFields.AI, _ owner: StampOwner?, _ faults: inout SpecFaults) -> AIStamp? {
        let members: [(String, Bool)] = [
            ("operator", ai.operator == nil), ("agentId", ai.agent == nil), ("model", ai.model == nil),
            ("trainingCutoff", ai.trainingCutoff == nil), ("confidence", ai.confidence == nil),
            ("firstHand", ai.isFirstHand == nil),
        ]
        faults.missing += members.filter(\.1).map { "aiWs.\($0.0)" }
        if ai.sources == nil, ai.isFirstHand == nil { faults.missing.append("aiWs.sources") }
        if let owner { self.compare(ai, owner, &faults) }
        let sources = ai.sources ?? []
        if ai.isFirstHand == false, sources.isEmpty {
            faults.require(false, "aiWs.sources", "sources_required")
        }
        let isRepeated = Set(sources.map(\.url)).count < sources.count
        faults.require(!isRepeated, "aiWs.sources", "source_repeated")
        guard let `operator` = ai.operator, let agent = ai.agent, let model = ai.model, let cutoff = ai.trainingCutoff,
            let confidence = ai.confidence, let isFirstHand = ai.isFirstHand
        else { return nil }
        return AIStamp(
            operator: `operator`,
            agent: ID(agent),
            model: model,
            trainingCutoff: cutoff,
            confidence: confidence,
            isFirstHand: isFirstHand,
            sources: sources
        )
    }

    /// With what is registered now.
    private static func compare(_ ai: StampFields.AI, _ owner: StampOwner, _ faults: inout SpecFaults) {
        if let `operator` = ai.operator {
            let isOwn = HostName.isWithin(`operator`, owner.domain)
            faults.require(isOwn, "aiWs.operator", "operator_mismatch", ["domain": owner.domain])
        }
        guard ai.agent != nil else { return }
        guard let agent = owner.agent else { return faults.require(false, "aiWs.agentId", "agent_unknown") }
        guard agent.isActive else { return faults.require(false, "aiWs.agentId", "agent_inactive") }
        if let model = ai.model {
            faults.require(
                model.utf8.elementsEqual(agent.baseModel.utf8),
                "aiWs.model",
                "model_mismatch",
                ["model": agent.baseModel]
            )
        }
        if let cutoff = ai.trainingCutoff {
            faults.require(
                cutoff == agent.trainingCutoff,
                "aiWs.trainingCutoff",
                "cutoff_mismatch",
                ["cutoff": agent.trainingCutoff.text]
            )
        }
    }

    // MARK: Completeness

    private static let weights: [(member: String, weight: Int)] = [
        ("operator", 1500), ("agentId", 1500), ("model", 1500), ("trainingCutoff", 1500), ("confidence", 1000),
        ("firstHand", 1000),
    ]

    private static func completeness(_ ai: StampFields.AI, _ faults: SpecFaults) -> Int {
        let members = Self.weights.reduce(0) { $0 + (faults.isFaulty("aiWs.\($1.member)") ? 0 : $1.weight) }
        let sources = ai.sources ?? []
        if faults.isFaulty("aiWs.sources") { return members }
        if sources.isEmpty { return members + (ai.isFirstHand == true ? 2000 : 0) }
        let titled = sources.count { !($0.title?.trimmed.isEmpty ?? true) }
        return members + 1000 + 1000 * titled / sources.count
    }
}
