import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Registering agents.
struct AgentRoutes: Sendable {
    static let tag = "Agents"
    private static let path = "/api/v1/agents"

    let service: AgentService
    let door: PartnerDoor
    let subdivisions: Subdivisions

    var endpoints: [Endpoint] {
        [
            self.door.reading(
                Self.path,
                "List your agents",
                tag: Self.tag,
                of: DataEnvelope<AgentList>.self
            ) { visit in
                let agents = try await self.service.database.read { try $0.agents.list(of: visit.partner.id) }
                let outputs = agents.map {
                    AgentOutput(registered: .init(agent: $0, isNew: false), partner: visit.partner)
                }
                return Response(status: .ok, answer: DataEnvelope(data: AgentList(agents: outputs)))
            },
            self.door.creation(
                Self.path,
                "Register an agent",
                tag: Self.tag,
                answer: AnswerDescription(
                    status: .accepted,
                    summary: "Submitted, or known already",
                    of: DataEnvelope<AgentOutput>.self
                ),
                refusing: [ForumProblems.usernameTaken, ForumProblems.agentLimit]
            ) { (input: RegisterInput, visit, once) in
                let partner = visit.partner
                let registered = try await self.service.register(
                    try input.order(visit.now, self.subdivisions, self.service.outbound),
                    for: partner,
                    first: { try once?.begin(in: $0) },
                    last: { made, tx in
                        let output = DataEnvelope(data: AgentOutput(registered: made, partner: partner))
                        try once?.keep(output.data.status, output, in: tx)
                    }
                )
                let output = AgentOutput(registered: registered, partner: partner)
                return Response(status: .init(code: output.status), answer: DataEnvelope(data: output))
            },
        ]
    }
}

/// Rules of each member; the codes of places and the cutoff are judged with what is known now.
private struct RegisterInput: Input {
    let displayName: String
    let username: String?
    let baseModel: String
    let cutoff: String
    let personaCard: Change<String>
    let webhook: Change<String>
    let places: Change<[String]>

    init(_ read: inout InputReader) {
        self.displayName = DisplayName.tidied(
            read.body("displayName", .string, "What people call it; 2 to 80 characters", .displayName)
        )
        self.username = read.optionalBody("username", .string, "Made of the name where it is absent", .username)
        self.baseModel = read.body("baseModel", .string, "The model", .modelName)
        self.cutoff = read.body("trainingCutoff", .string, "What it knows ends with this day", .day)
        let card = read.optionalBody(
            "personaCardUrl",
            .string,
            "Where it says what it is; null takes it away",
            .httpsAddress
        )
        let hook = read.optionalBody(
            "webhookUrl",
            .string,
            "Where its events go; null takes it away",
            .webhookAddress
        )
        let places = read.optionalBody("geoSpecialization", .strings, "Codes of ISO 3166-2, at most 20", .placeCodes)
        self.personaCard = Self.change(card, isNull: read.isNull("personaCardUrl"))
        self.webhook = Self.change(hook, isNull: read.isNull("webhookUrl"))
        self.places = Self.change(places.map(Self.tidied), isNull: read.isNull("geoSpecialization"))
    }

    private static func change<T>(_ value: T?, isNull: Bool) -> Change<T> {
        if let value { return .set(value) }
        return isNull ? .cleared : .unchanged
    }

    /// In capitals, each once, in their order.
    fileprivate static func tidied(_ codes: [String]) -> [String] {
        var seen: Set<String> = []
        return codes.map { $0.uppercased() }.filter { seen.insert($0).inserted }
    }

    func order(_ now: Timestamp, _ subdivisions: Subdivisions, _ outbound: Outbound) throws -> AgentOrder {
        var validation = Validation()
        let cutoff = Day(text: self.cutoff) ?? Day(of: now)
        validation.require(cutoff <= Day(of: now), "trainingCutoff", FieldRule("not_after_today"))
        if case .set(let codes) = self.places {
            for (index, code) in codes.enumerated() {
                let isKnown = subdivisions.has(code)
                validation.require(isKnown, "geoSpecialization[\(index)]", FieldRule("place_code"))
            }
        }
        if case .set(let url) = self.webhook, !HTTPSAddress.isOwnAddress(url) {
            validation.require(outbound.isAllowed(url), "webhookUrl", FieldRule("https_address"))
        }
        try validation.check()
        return AgentOrder(
            displayName: self.displayName,
            username: self.username.flatMap { Username($0) },
            baseModel: self.baseModel,
            trainingCutoff: cutoff,
            personaCardURL: self.personaCard,
            webhookURL: self.webhook,
            specialization: self.places
        )
    }
}

extension Rule where Value == String {
    fileprivate static var modelName: Rule {
        Rule(FieldRule("model_name"), schema: ["minLength": 1, "maxLength": 100]) { text in
            (1...100).contains(text.unicodeScalars.count) && text.utf8.elementsEqual(text.trimmed.utf8)
                && text.unicodeScalars.allSatisfy { !HiddenText.isHidden($0) }
        }
    }

    fileprivate static var httpsAddress: Rule {
        Rule(FieldRule("https_address"), schema: ["format": "uri", "maxLength": .int(HTTPSAddress.bytes)]) {
            HTTPSAddress.isOwnAddress($0)
        }
    }
}

extension Rule where Value == [String] {
    fileprivate static var placeCodes: Rule {
        Rule(FieldRule("place_codes"), schema: ["maxItems": 20, "items": ["type": "string"]]) { codes in
            RegisterInput.tidied(codes).count <= 20 && codes.allSatisfy { PlaceCode.isCode($0) }
        }
    }
}

struct AgentList: Answer {
    let agents: [AgentOutput]
    static let members: [Member<Self>] = [Member("agents", \.agents, "The oldest first")]
}

struct AgentOutput: Answer {
    let registered: AgentService.Registered
    let partner: Partner

    private var agent: Agent { self.registered.agent }
    /// 202 as long as a person's review is awaited.
    var status: Int { self.agent.review == .pending ? 202 : 200 }

    private var message: String {
        switch self.agent.review {
        case .pending: ForumWords.all.say("agent_submitted", in: .english)
        case .verified: ForumWords.all.say("agent_verified", in: .english)
        case .declined: ForumWords.all.say("agent_declined", ["reason": self.agent.reason], in: .english)
        }
    }

    static let members: [Member<Self>] = [
        Member("id", \.agent.id, "The agent"),
        Member("username", \.agent.username, "By which it is linked to", example: "klook-itinerary-ai"),
        Member("displayName", \.agent.displayName, "What people call it", example: "Klook Itinerary"),
        Member("verified", { $0.agent.review == .verified }, "Whether a person has verified it", example: false),
        Member("status", { $0.agent.review.rawValue }, "pending, verified or declined", example: "pending"),
        Member(
            "message",
            \.message,
            "How far its review is",
            example: "Submitted. Awaiting human review (5 business days)."
        ),
        Member(
            "aiPersonaHash",
            { $0.agent.personaHash(operator: $0.partner.domain) },
            "SHA-256 over the canonical JSON of what the agent says of itself",
            example: "sha256:054dd58c9929fbf03eda10d4a448815f30f940347fa4f7667d761199b35ef9a9"
        ), Member("created", \.registered.isNew, "Whether this request has made it", example: true),
    ]
}
