import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Web

/// The one endpoint of the contract: `POST /api/mcp.php` with `{action, params}`.
struct ActionRoutes: Sendable {
    static let path = "/api/mcp.php"

    let actions: [Action]
    let usage: KeyUsage
    let clock: WallClock
    private let byName: [String: Action]

    init(actions: [Action], usage: KeyUsage, clock: WallClock) {
        self.actions = actions
        self.usage = usage
        self.clock = clock
        self.byName = Dictionary(uniqueKeysWithValues: actions.map { ($0.name, $0) })
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .post,
                Self.path,
                "Do an action",
                tag: "Actions",
                access: .undecided,
                body: ActionDocument(self.actions).body,
                answers: [ActionDocument(self.actions).answer],
                self.handle
            )
            .refusing(
                AffiliateProblems.bodyRequired,
                AffiliateProblems.actionRequired,
                AffiliateProblems.actionMalformed
            )
            .refusing(AffiliateProblems.unknownAction("x"), AffiliateProblems.paramsMalformed)
            .refusing(self.refusals)
        ]
    }

    /// What the actions refuse of themselves, each once.
    private var refusals: [Problem] {
        var known: Set<String> = []
        return self.actions.flatMap(\.refusals).filter { known.insert($0.code).inserted }
    }

    /// In order: the body, the key, the action, the role, the limit, the parameters.
    @Sendable private func handle(_ arrival: Arrival, _ call: Call) async throws -> Response {
        guard let body = try await call.readJSON(), body.object != nil else { throw AffiliateProblems.bodyRequired }
        let name = body["action"] ?? .null
        let action = name.string.flatMap { self.byName[$0] }
        if let action, case .open = action.access {
            // A good key frees the address here too, though none is needed.
            _ = try? await arrival.identify()
            return try await self.perform(action, try await arrival.enter(action.access, action.effect), call, body)
        }
        let caller = try await arrival.requireKey()
        guard let action else {
            guard name != .null else { throw AffiliateProblems.actionRequired }
            guard let text = name.string else { throw AffiliateProblems.actionMalformed }
            throw AffiliateProblems.unknownAction(text)
        }
        let entry = try arrival.admit(caller, action.access, action.effect)
        if arrival.isFromOutside { self.usage.count(caller.credential, at: self.clock.now()) }
        return try await self.perform(action, entry, call, body)
    }

    private func perform(_ action: Action, _ entry: Entry, _ call: Call, _ body: JSONValue) async throws -> Response {
        try await entry.answer {
            let parameters = try Self.parameters(of: body)
            let unknown = try call.unknownNames(in: parameters, action.known)
            var response = Response(
                status: .ok,
                jsonBytes: try await action.perform(entry, call, parameters)
            )
            response.headers[.warning] = unknown
            return response
        }
    }

    private static func parameters(of body: JSONValue) throws -> JSONValue {
        switch body["params"] ?? .null {
        case .null: [:]
        case .object(let members): .object(members)
        // What PHP makes of an empty object.
        case .array(let values) where values.isEmpty: [:]
        default: throw AffiliateProblems.paramsMalformed
        }
    }
}

/// What the OpenAPI document says of the endpoint: one operation whose body is told apart by its action.
struct ActionDocument: Sendable {
    private let actions: [Action]

    init(_ actions: [Action]) { self.actions = actions }

    private static func component(_ action: Action) -> String {
        "affiliate_\(action.name.bytewise.replacing(".", with: "_"))"
    }
    private static func reference(_ name: String) -> JSONValue { .string("#/components/schemas/\(name)") }

    var body: BodyDescription { BodyDescription { self.request } }

    private var request: BodyDescription.Description {
        var components: [String: JSONValue] = [:]
        for action in self.actions {
            let name = Self.component(action)
            components[name] = Self.parameters(action)
            components[name + "_data"] = action.describe().schema
        }
        let mapping = self.actions.map { ($0.name, Self.reference(Self.component($0))) }
        let schema: JSONValue = [
            "oneOf": .array(self.actions.map { ["$ref": Self.reference(Self.component($0))] }),
            "discriminator": [
                "propertyName": "action", "mapping": .object(Dictionary(uniqueKeysWithValues: mapping)),
            ],
        ]
        return (schema, components)
    }

    private static func parameters(_ action: Action) -> JSONValue {
        var parameters = Schema.of(action.inputs)
        var required: [JSONValue] = ["action"]
        if parameters["required"] != nil {
            required.append("params")
        } else {
            // As lenient as ``ActionRoutes`` is where no parameter must be there.
            parameters = ["anyOf": [parameters, ["type": "array", "maxItems": 0, "items": [:]], ["type": "null"]]]
        }
        return [
            "type": "object", "required": .array(required),
            "description": .string("\(action.summary) (\(action.effect.rawValue))\(Self.refused(action))"),
            "properties": ["action": ["const": .string(action.name)], "params": parameters],
        ]
    }

    private static func refused(_ action: Action) -> String {
        guard !action.refusals.isEmpty else { return "" }
        return ". Problems: " + action.refusals.map { "`\($0.code)`" }.joined(separator: ", ")
    }

    var answer: AnswerDescription {
        AnswerDescription(status: .ok, summary: "What the action answers") {
            let data = self.actions.map { ["$ref": Self.reference(Self.component($0) + "_data")] as JSONValue }
            let schema: JSONValue = [
                "type": "object", "required": ["success", "message", "data"],
                "properties": [
                    "success": ["type": "boolean", "description": "Whether it was done, and counts"],
                    "message": ["type": "string"], "data": ["anyOf": .array(data)],
                ],
            ]
            return (["success": true, "message": "OK", "data": self.actions[0].describe().example], schema)
        }
    }
}
