import Foundation
import Kernel
import Web

/// An intent as a caller submits it. What it states goes before what is understood of the sentence.
struct IntentInput: Input {
    let query: String
    let region: String?
    private let channel: String?
    private let normalized: String?
    private let tags: [String]?
    private let audience: String?
    private let budget: Budget?
    private let constraints: [String]?
    private let deadline: Timestamp?
    private let timeWindow: [String: JSONValue]?
    private let assets: [[String: JSONValue]]
    private let chain: [[String: JSONValue]]
    private let workflow: [String: JSONValue]
    private let experience: [String: JSONValue]
    private let metadata: [String: JSONValue]

    init(_ read: inout InputReader) {
        read.unwrap("intent")
        self.query = Self.query(&read)
        self.normalized = read.optionalBody(
            "normalized_query",
            .string,
            "The same in short",
            .atMost(IntentRoutes.queryLimit)
        )
        self.tags = read.optionalBody(
            "intent_tags",
            .strings,
            "Kinds of products, and others",
            .atMost(50, ofLength: 100, of: "tags")
        )
        self.audience = read.optionalBody("target_audience", .string, "Whom it is for", .atMost(200))
        let range = read.optionalBody("budget_range", .object, "`min`, `max` and `currency` (USD)")
        self.budget = range.flatMap { Budget(.object($0)) }
        let saysBudget = range.map { $0.contains { $0.value != .null && $0.key != "currency" } } ?? false
        read.require(!saysBudget || self.budget != nil, "budget_range", FieldRule("budget_range"))
        self.region = read.optionalBody(
            "region",
            .string,
            "Where the shopper is: ISO 3166-1, two letters",
            .region
        )?.uppercased()
        self.constraints = read.optionalBody(
            "constraints",
            .strings,
            "What must hold, in words",
            .atMost(50, ofLength: 100, of: "tags")
        )
        self.channel = read.optionalBody("source_channel", .string, "Where the shopper was met", .channel)
        self.timeWindow = read.optionalBody(
            "time_window",
            .object,
            "`deadline`, `urgency` and `hard`",
            .atMostBytes(IntentRoutes.objectBytes)
        )
        let deadline = self.timeWindow?["deadline"].flatMap { $0 == .null ? nil : $0 }
        self.deadline = deadline?.string.flatMap { Timestamp(text: $0) }
        read.require(
            deadline == nil || self.deadline != nil,
            "time_window.deadline",
            FieldRule("moment", ["field": "deadline"])
        )
        self.assets = read.objects("asset_refs", "The caller's own")
        self.chain = read.objects("attribution_chain", "How the intent came here, as the caller claims")
        self.workflow = read.free("workflow")
        self.experience = read.free("experience_context")
        self.metadata = read.free("metadata")
        _ = read.body("dispatch", .boolean, default: true, json: true, "Whether merchants are told of it")
    }

    private static func query(_ read: inout InputReader) -> String {
        let rules: [Rule<String>] = [.notBlank(), .atMost(IntentRoutes.queryLimit)]
        let own = read.optionalBody("raw_query", .string, "What the shopper says", rules: rules)
        let alias = read.optionalBody("intent", .string, "The same by another name", rules: rules)
        if own == nil, alias == nil { read.missing("raw_query", orAs: "intent") }
        return VisibleLine.of(own ?? alias ?? "", IntentRoutes.queryLimit)
    }

    /// Throws *invalid* for a deadline that has passed.
    func intent(_ id: ID<Intent>, of account: String, _ parsed: ParsedIntent, at now: Timestamp) throws -> Intent {
        if let deadline, deadline <= now {
            var validation = Validation()
            validation.require(false, "time_window.deadline", FieldRule("deadline_passed"))
            try validation.check()
        }
        var details = Intent.Details(parsed)
        if let normalized { details.normalizedQuery = VisibleLine.of(normalized, IntentRoutes.queryLimit) }
        if let tags { details.tags = tags.map { VisibleLine.of($0, 100) } }
        if let audience { details.audience = VisibleLine.of(audience, 200) }
        if let budget { details.budget = budget.range }
        if let constraints { details.constraints = constraints.map { VisibleLine.of($0, 100) } }
        if let timeWindow { details.timeWindow = .object(timeWindow) }
        let states = [
            self.normalized != nil, self.tags != nil, self.audience != nil, self.budget != nil, self.constraints != nil,
        ]
        details.source = states.contains(true) ? "caller" : "rules"
        let claimed = self.chain.map { JSONValue.object($0).adding("claimed", true) }
        let own: JSONValue = ["type": "intent", "ref": .string(id.text), "at": .string(now.utc.text)]
        details.attributionChain = .array(claimed + [own])
        details.assets = .array(self.assets.map { .object($0) })
        (details.workflow, details.experience) = (.object(self.workflow), .object(self.experience))
        details.metadata = .object(self.metadata)
        let last = now.adding(seconds: Intent.longestSeconds)
        return Intent(
            id: id,
            account: account,
            rawQuery: self.query,
            region: self.region ?? parsed.region,
            channel: self.channel,
            details: details,
            createdAt: now,
            expiresAt: min(self.deadline ?? last, last)
        )
    }
}

extension InputReader {
    /// A free object of the caller's own.
    fileprivate mutating func free(_ name: String) -> [String: JSONValue] {
        self.optionalBody(
            name,
            .object,
            "The caller's own",
            .atMostBytes(IntentRoutes.objectBytes),
            .nested(atMost: IntentRoutes.objectDepth)
        ) ?? [:]
    }

    fileprivate mutating func objects(_ name: String, _ summary: String) -> [[String: JSONValue]] {
        self.optionalBody(
            name,
            .objects,
            summary,
            Rule(FieldRule("nested_at_most", ["limit": "\(IntentRoutes.objectDepth)"])) { objects in
                objects.allSatisfy { JSONValue.object($0).depth <= IntentRoutes.objectDepth }
            },
            Rule(FieldRule("at_most_elements", ["limit": "50"]), schema: ["maxItems": 50]) { $0.count <= 50 },
            Rule(FieldRule("at_most_bytes", ["limit": "\(IntentRoutes.objectBytes)"])) { objects in
                JSON.text(of: .array(objects.map { .object($0) })).utf8.count <= IntentRoutes.objectBytes
            }
        ) ?? []
    }
}
