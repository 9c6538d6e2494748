import Kernel
import Testing
import Web

@testable import Forum

@Suite("Stamps")
struct StampTests {
    private static let subdivisions = Subdivisions()

    @Test("every code of ISO 3166-2 is known once, and two letters only where a country has no parts")
    func codes() {
        #expect(Self.subdivisions.count == 5127 + 49)
        #expect(!Self.subdivisions.isPartial)
        for code in ["JP-01", "JP-47", "CN-HK", "US-GU", "FR-RE", "HK", "VA"] { #expect(Self.subdivisions.has(code)) }
        for code in ["JP", "JP-48", "US", "XX-01", ""] { #expect(!Self.subdivisions.has(code)) }
    }

    /// Of the prefectural offices by number, as the Geospatial Information Authority of Japan publishes them.
    private static let offices = [
        (43.0642, 141.3467), (40.8242, 140.74), (39.7033, 141.1525), (38.2689, 140.8719), (39.7186, 140.1022),
        (38.2403, 140.3633),
        (37.75, 140.4675), (36.3417, 140.4467), (36.5656, 139.8836), (36.3911, 139.0608), (35.8569, 139.6489),
        (35.6044, 140.1231),
        (35.6892, 139.6917), (35.4478, 139.6425), (37.9022, 139.0231), (36.695, 137.2111), (36.5944, 136.6256),
        (36.065, 136.2217),
        (35.6639, 138.5683), (36.6511, 138.1808), (35.3912, 136.7237), (34.9767, 138.3831), (35.1803, 136.9067),
        (34.7303, 136.5083),
        (35.0042, 135.8681), (35.0211, 135.7556), (34.6864, 135.52), (34.6911, 135.1831), (34.6853, 135.8328),
        (34.2258, 135.1672),
        (35.5033, 134.2381), (35.4722, 133.0503), (34.6617, 133.935), (34.3964, 132.4594), (34.1856, 131.4714),
        (34.0656, 134.5592),
        (34.34, 134.0431), (33.8417, 132.7658), (33.5594, 133.5308), (33.6064, 130.4181), (33.2492, 130.2986),
        (32.75, 129.8672),
        (32.7894, 130.7417), (33.2381, 131.6125), (31.9108, 131.4239), (31.5603, 130.5581), (26.2122, 127.6808),
    ]

    @Test("47 prefectures hold their offices, and Tokyo has three boxes")
    func boxes() throws {
        #expect(JapanBoxes.all.count == 47)
        #expect(JapanBoxes.all["JP-13"]?.count == 3)
        for (index, office) in Self.offices.enumerated() {
            let boxes = try #require(JapanBoxes.all["JP-\(index < 9 ? "0" : "")\(index + 1)"])
            #expect(boxes.contains { $0.holds(latitude: office.0, longitude: office.1, radiusM: 1) })
        }
    }

    @Test("every country of ISO 3166-1 has a box that is one")
    func countries() throws {
        #expect(CountryBoxes.all.count == 248)
        for box in CountryBoxes.all.values.joined() {
            #expect(-90 <= box.south && box.south < box.north && box.north <= 90)
            #expect(-180 <= box.west && box.west < box.east && box.east <= 180)
        }
    }

    @Test("places have names in four languages where somebody has translated them")
    func names() {
        #expect(Language.allCases.map { Self.subdivisions.name("JP-26", in: $0) } == ["Kyoto", "京都", "京都府", "Kyoto"])
        #expect(Self.subdivisions.name("HK", in: .japanese) == "香港")
        #expect(MessageCatalog([0xde, 0x12, 0x04, 0x95, 0, 0, 0, 0, 255, 255, 255, 255])["Kyoto"] == nil)
    }

    @Test(
        "a place lies in its subdivision, or within its radius of it",
        arguments: [
            (42.8045, 140.6873, 500, "JP-01", true), (35.0116, 135.7681, 500, "JP-26", true),
            (35.0116, 135.7681, 500, "JP-27", false), (35.0116, 135.7681, 1000, "JP-27", false),
            (35.0116, 135.7681, 2000, "JP-27", true), (35.0, 136.07, 500, "JP-26", false),
            (35.0, 136.07, 1000, "JP-26", true), (35.6595, 139.7005, 200_000, "JP-01", false),
            (26.2125, 127.6811, 1, "JP-47", true), (35.6595, 139.7005, 300, "JP-13", true),
            (35.4437, 139.6380, 500, "JP-13", false), (27.0945, 142.1917, 500, "JP-13", true),
            (-17.7134, 178.0650, 500, "FJ-C", true), (-16.8000, -179.9800, 500, "FJ-N", true),
            (37.7749, -122.4194, 500, "US-CA", true), (13.4443, 144.7937, 500, "US-GU", true),
            (48.8566, 2.3522, 500, "DE-BE", false), (22.3193, 114.1694, 500, "HK", true),
        ]
    )
    func place(latitude: Double, longitude: Double, radius: Int, iso: String, isInside: Bool) throws {
        let boxes = try #require(Self.subdivisions.boxes(iso))
        #expect(
            boxes.contains { $0.holds(latitude: latitude, longitude: longitude, radiusM: radius) } == isInside
        )
    }

    @Test("a box over the antimeridian holds places on both of its sides")
    func antimeridian() {
        let box = PlaceBox(-20, -15, 177, 182)
        #expect(box.holds(latitude: -17, longitude: -178.5, radiusM: 1))
        #expect(box.holds(latitude: -17, longitude: 178, radiusM: 1))
        #expect(!box.holds(latitude: -17, longitude: -177, radiusM: 1))
    }

    @Test(
        "coordinates are read from their digits",
        arguments: [
            ("42.8045", 42_804_500), ("140.6873", 140_687_300), ("-0", 0), ("1e-7", 0), ("0.0000005", 1),
            ("-0.0000005", -1), ("1e2", 100_000_000), ("35", 35_000_000),
        ]
    )
    func digits(text: String, micros: Int64) throws {
        let value = try JSON.read(Array("{\"a\": \(text)}".utf8))["a"] ?? .null
        #expect(MicroDegrees(value)?.value == micros)
    }

    // MARK: Judging

    private static let agent = Agent(
        id: ID("01a22b0b-6a49-7000-b913-ed5d6016932d"),
        partner: ID("p_1"),
        identity: ID("acc_1"),
        username: "klook-itinerary-ai",
        displayName: "Klook Itinerary",
        baseModel: "gpt-5.2",
        trainingCutoff: Day(text: "2026-04-01")!,
        personaCardURL: nil,
        webhookURL: nil,
        specialization: ["JP-13", "JP-27"],
        review: .pending,
        reason: "",
        version: 1,
        createdAt: Timestamp(seconds: 0),
        updatedAt: Timestamp(seconds: 0)
    )

    private static let geo: JSONValue = [
        "iso": "JP-01", "latitude": 42.8045, "longitude": 140.6873, "radiusM": 500, "season": "winter",
        "validFrom": "2026-12-01", "validTo": "2027-03-31",
    ]

    private static let ai: JSONValue = [
        "operator": "klook.com", "agentId": .string(Self.agent.id.text), "model": "gpt-5.2",
        "trainingCutoff": "2026-04-01", "confidence": 0.82, "firstHand": false,
        "sources": [["url": "https://niseko.example/season-2026", "title": "Niseko Season 2026 Pass"]],
    ]

    /// What is wrong with single values, and with them together.
    private static func judge(geo: JSONValue = Self.geo, ai: JSONValue = Self.ai) -> (
        faults: [String], spec: SpecFaults
    ) {
        var validation = Validation()
        let fields = StampFields(["geo": geo, "aiWs": ai], &validation)
        let owner = StampOwner(domain: "klook.com", agent: fields.ai.agent == self.agent.id.text ? self.agent : nil)
        let spec = StampJudge(subdivisions: self.subdivisions).judge(fields, owner).faults
        return (validation.errors.map(\.path), spec)
    }

    @Test("the contract's own stamps are complete")
    func sample() {
        let (faults, spec) = Self.judge()
        #expect(faults.isEmpty && spec.isEmpty)
        #expect(spec.completeness == 10_000)
    }

    @Test(
        "a value that is impossible by itself is a fault of the body",
        arguments: [
            ("geo", "iso", "JP1"), ("geo", "latitude", 90.01), ("geo", "latitude", "42.8"),
            ("geo", "longitude", -180.1),
            ("geo", "radiusM", 0), ("geo", "radiusM", 200_001), ("geo", "season", 4),
            ("geo", "validFrom", "2026-02-30"),
            ("aiWs", "operator", "https://klook.com"), ("aiWs", "operator", "klook.com."), ("aiWs", "agentId", "x"),
            ("aiWs", "confidence", 1.01), ("aiWs", "confidence", "0.8"), ("aiWs", "firstHand", "false"),
            ("aiWs", "firstHand", 0), ("aiWs", "sources", "x"),
        ] as [(String, String, JSONValue)]
    )
    func impossible(object: String, member: String, value: JSONValue) {
        let faults =
            object == "geo"
            ? Self.judge(geo: Self.geo.adding(member, value)).faults
            : Self.judge(ai: Self.ai.adding(member, value)).faults
        #expect(faults == ["\(object).\(member)"])
    }

    @Test(
        "a value that disagrees is a conflict",
        arguments: [
            ("geo", "iso", "JP-48", "iso_unknown"), ("geo", "iso", "JP", "iso_unknown"),
            ("geo", "iso", "JP-27", "outside_subdivision"), ("geo", "season", "winters", "season_unknown"),
            ("geo", "season", "summer", "season_mismatch"), ("geo", "validTo", "2026-11-30", "dates_reversed"),
            ("geo", "validTo", "2031-12-03", "too_long"), ("aiWs", "operator", "evilklook.com", "operator_mismatch"),
            ("aiWs", "operator", "klook.com.evil.org", "operator_mismatch"),
            ("aiWs", "agentId", "01a22b0b-6a49-7000-b913-ed5d6016932e", "agent_unknown"),
            ("aiWs", "model", "GPT-5.2", "model_mismatch"), ("aiWs", "trainingCutoff", "2026-04-02", "cutoff_mismatch"),
            ("aiWs", "sources", [], "sources_required"),
        ] as [(String, String, JSONValue, String)]
    )
    func conflict(object: String, member: String, value: JSONValue, rule: String) {
        let (faults, spec) =
            object == "geo"
            ? Self.judge(geo: Self.geo.adding(member, value)) : Self.judge(ai: Self.ai.adding(member, value))
        #expect(faults.isEmpty)
        #expect(Set(spec.conflicts.map(\.rule)) == [rule])
    }

    @Test("subdomains are the operator's, whatever their case")
    func subdomain() { #expect(Self.judge(ai: Self.ai.adding("operator", "www.Klook.com")).spec.isEmpty) }

    @Test("0 and false are there, and what is missing is named")
    func missing() {
        #expect(Self.judge(ai: Self.ai.adding("confidence", 0)).spec.isEmpty)
        #expect(Self.judge(ai: Self.ai.adding(["firstHand": true, "sources": []])).spec.isEmpty)
        let spec = Self.judge(geo: .null, ai: Self.ai.adding(["operator": .null, "confidence": .null])).spec
        #expect(
            spec.missing == [
                "geo.iso", "geo.latitude", "geo.longitude", "geo.radiusM", "geo.season", "geo.validFrom", "geo.validTo",
                "aiWs.operator", "aiWs.confidence",
            ]
        )
        #expect(spec.completeness == 7500)
    }

    @Test("a source without a title makes the stamp nine tenths complete")
    func untitled() {
        let sources: JSONValue = [["url": "https://niseko.example/season-2026"]]
        #expect(Self.judge(ai: Self.ai.adding("sources", sources)).spec.completeness == 9000)
    }

    @Test("a persona has the contract's hash")
    func persona() {
        #expect(
            Self.agent.personaHash(operator: "klook.com")
                == "sha256:054dd58c9929fbf03eda10d4a448815f30f940347fa4f7667d761199b35ef9a9"
        )
    }
}
