import Kernel
import Web

/// What a client says of an agent.
struct AgentInput: Input {
    let changes: AgentService.Changes

    init(_ read: inout InputReader) { self.changes = Self.changes(&read, isNew: true) }

    /// - Parameter isNew: whether what must be there is asked for.
    static func changes(_ read: inout InputReader, isNew: Bool) -> AgentService.Changes {
        var changes = AgentService.Changes()
        let name = read.optionalBody(
            "display_name",
            .string,
            "As people call it",
            .line(canBeBlank: true),
            .atMost(255)
        )
        let nameAlias = read.optionalBody(
            "name",
            .string,
            "The same by another name",
            .line(canBeBlank: true),
            .atMost(255)
        )
        changes.displayName = name ?? nameAlias
        let key = read.optionalBody("agent_key", .string, "Its key in the tenant: a-z, 0-9 and hyphens", .agentKey)
        let keyAlias = read.optionalBody("key", .string, "The same by another name", .agentKey)
        changes.key = key ?? keyAlias ?? (isNew ? changes.displayName.flatMap(Slug.of) : nil)
        if isNew, changes.key == nil { read.missing("agent_key", orAs: "key") }
        changes.provider = read.optionalBody(
            "provider",
            .string,
            "Where it answers; the tenant's first one without it",
            .atMost(64)
        )
        changes.model = read.optionalBody(
            "model",
            .string,
            "Who answers; the provider's usual one without it",
            .notBlank(),
            .atMost(200)
        )
        changes.status = read.optionalBody("status", .string, "Whether it runs", .oneOf(["active", "inactive"]))
            .flatMap { Agent.Status(rawValue: $0) }
        if isNew { changes.status = nil }
        changes.isDefault = read.optionalBody("is_default", .boolean, "Whether it answers where none is named")
        changes.owner = read.optionalBody("owner_id", .string, "Whose it is; for admins alone", .userName)
        self.readLimits(&changes, &read)
        changes.fallback = self.fallback(&read)
        changes.emoji = read.optionalBody("emoji", .string, "Shown beside its name", .atMost(16))
        changes.frontmatter = read.optionalBody("frontmatter", .string, "What it is good for, in short", .atMost(200))
        let text = read.optionalBody("agent_description", .string, "What it is for", .atMost(5000))
        changes.description =
            text ?? read.optionalBody("description", .string, "The same by another name", .atMost(5000))
        changes.systemPrompt = read.optionalBody("system_prompt", .string, "Its AGENTS.md", .atMost(100_000))
        for name in Agent.objectNames {
            if read.isNull(name) { changes.objects[name] = [:] }
            if let object = read.optionalBody(
                name,
                .object,
                "Settings of its own",
                .atMostBytes(64 * 1024),
                .nested(atMost: 16)
            ) {
                changes.objects[name] = .object(object)
            }
        }
        if let config = changes.objects["tools_config"] { ToolsConfigRules.check(config, &read) }
        if let config = changes.objects["other_config"] { self.check(other: config, &read) }
        changes.fields = self.fields(of: changes)
        return changes
    }

    /// What `other_config` may say, apart from what is the client's own.
    private static func check(other config: JSONValue, _ read: inout InputReader) {
        let ranges: [(String, ClosedRange<Int64>)] = [
            ("run_timeout_seconds", 10...3600), ("quota_mb", 1...1024),
            ("user_budget_monthly_cents", 0...100_000_000),
        ]
        for (name, range) in ranges {
            guard let value = config[name], value != .null else { continue }
            let isRight = value.integer.map(range.contains) ?? false
            read.require(isRight, "other_config.\(name)", .between("\(range.lowerBound)", "\(range.upperBound)"))
        }
    }

    private static func readLimits(_ changes: inout AgentService.Changes, _ read: inout InputReader) {
        changes.kind = read.optionalBody(
            "agent_type",
            .string,
            "Whose its context files are",
            .oneOf(["open", "predefined"])
        )
        .flatMap { Agent.Kind(rawValue: $0) }
        changes.contextWindow = read.optionalBody(
            "context_window",
            .integer,
            "Tokens that it can read",
            .range(1024...10_000_000)
        )
        changes.maximumTokens = read.optionalBody("max_tokens", .integer, "Tokens of an answer", .range(1...1_000_000))
        changes.maximumIterations = read.optionalBody(
            "max_tool_iterations",
            .integer,
            "Calls of the model in a run",
            .range(1...100)
        )
        changes.thinking = read.optionalBody(
            "thinking_level",
            .string,
            "How much it thinks",
            .oneOf(ThinkingLevel.allCases.map(\.rawValue))
        ).flatMap { ThinkingLevel(rawValue: $0) }
        let isCleared = read.isNull("budget_monthly_cents")
        let cents = read.optionalBody(
            "budget_monthly_cents",
            .integer,
            "What its models may cost a month, in US cents; null for no limit",
            .range(0...100_000_000)
        )
        changes.monthlyBudget = isCleared ? .some(nil) : cents.map { .some(Dollars(cents: $0)) }
    }

    private static func fallback(_ read: inout InputReader) -> [ModelChoice]? {
        let rows = read.optionalBody(
            "model_fallback",
            .objects,
            "Who answers when the first one does not: `[{provider, model}]`",
            Rule(FieldRule("at_most_items", ["limit": "5"]), schema: ["maxItems": 5]) { $0.count <= 5 }
        )
        guard let rows else { return nil }
        return rows.enumerated().compactMap { index, row in
            guard let provider = row["provider"]?.string, let model = row["model"]?.string, !model.isEmpty else {
                read.require(false, "model_fallback[\(index)].provider", FieldRule("blank"))
                return nil
            }
            return ModelChoice(provider: provider, model: model)
        }
    }

    private static func fields(of changes: AgentService.Changes) -> [String] {
        let set: [(String, Bool)] = [
            ("display_name", changes.displayName != nil), ("agent_key", changes.key != nil),
            ("provider", changes.provider != nil), ("model", changes.model != nil),
            ("status", changes.status != nil), ("is_default", changes.isDefault != nil),
            ("agent_type", changes.kind != nil), ("context_window", changes.contextWindow != nil),
            ("max_tokens", changes.maximumTokens != nil), ("max_tool_iterations", changes.maximumIterations != nil),
            ("thinking_level", changes.thinking != nil), ("model_fallback", changes.fallback != nil),
            ("emoji", changes.emoji != nil), ("frontmatter", changes.frontmatter != nil),
            ("agent_description", changes.description != nil), ("system_prompt", changes.systemPrompt != nil),
            ("budget_monthly_cents", changes.monthlyBudget != nil),
        ]
        return set.filter(\.1).map(\.0) + changes.objects.keys.sorted()
    }
}

extension Rule where Value == String {
    fileprivate static var agentKey: Rule {
        Rule(
            FieldRule("agent_key"),
            schema: ["pattern": .string(Slug.pattern), "minLength": 1, "maxLength": .int(Slug.limit)]
        ) { Slug.isSlug($0) && !Slug.isUUID($0) }
    }
}

/// What `tools_config` may say, apart from names of tools.
private enum ToolsConfigRules {
    static func check(_ config: JSONValue, _ read: inout InputReader) {
        if let profile = config["profile"], profile != .null {
            let isKnown = ToolPolicy.profileNames.contains(profile.string ?? "")
            read.require(isKnown, "tools_config.profile", .oneOf(ToolPolicy.profileNames))
        }
        for name in ["allow", "deny", "ask", "web_hosts"] {
            guard let list = config[name], list != .null else { continue }
            let isRight = list.array.map { $0.count <= 200 && $0.allSatisfy { $0.string != nil } } ?? false
            read.require(isRight, "tools_config.\(name)", FieldRule("strings"))
        }
        let ranges: [(String, ClosedRange<Int64>)] = [
            ("parallel", 1...16), ("auto_pay_micros", 0...1_000_000_000_000), ("approval_seconds", 0...3600),
            ("max_tool_calls", 1...1000),
        ]
        for (name, range) in ranges {
            guard let value = config[name], value != .null else { continue }
            let isRight = value.integer.map(range.contains) ?? false
            read.require(isRight, "tools_config.\(name)", .between("\(range.lowerBound)", "\(range.upperBound)"))
        }
        guard let market = config["market"], market != .null else { return }
        read.require(market.object != nil, "tools_config.market", FieldRule("object"))
        if let services = market["services"], services != .null {
            let isRight = services.array?.allSatisfy { $0.string != nil } ?? false
            read.require(isRight, "tools_config.market.services", FieldRule("strings"))
        }
    }
}
