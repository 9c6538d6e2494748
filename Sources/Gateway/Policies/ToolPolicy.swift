import Kernel

/// What policies know of a tool.
struct ToolTraits: Sendable {
    /// What a call can change.
    enum Kind: String, Sendable {
        /// Nothing: calls run together, and may be run again.
        case read
        /// What is the agent's own.
        case write
        /// Something elsewhere.
        case external
        /// It pays.
        case money
    }

    let name: String
    let kind: Kind
    /// By which policies name several at once: `group:fs`.
    let group: String
}

/// Which tools an agent has, and how far it may go with them: its `tools_config`.
struct ToolPolicy: Sendable {
    enum Profile: String, Sendable, CaseIterable { case full, safe, none }

    let profile: Profile
    let allow: [String]
    let deny: [String]
    let ask: [String]
    /// Read-only calls at once.
    let parallel: Int
    /// Up to how much a payment needs nobody's approval.
    let autoPay: Dollars
    /// Services of the market that it may pay; nil for any.
    let services: Set<String>?
    let payADay: Dollars?
    /// Hosts that it may fetch from; nil for all public ones.
    let webHosts: [String]?
    let maximumCalls: Int

    init(_ config: JSONValue) {
        self.profile = config["profile"]?.string.flatMap { Profile(rawValue: $0) } ?? .safe
        let names = { (name: String) in (config[name]?.array ?? []).compactMap(\.string) }
        (self.allow, self.deny, self.ask) = (names("allow"), names("deny"), names("ask"))
        self.parallel = config["parallel"]?.integer.map { Int($0) } ?? 4
        self.autoPay = Dollars(config["auto_pay_micros"]?.integer ?? 0)
        self.services = config["market"]?["services"]?.array.map { Set($0.compactMap(\.string)) }
        self.payADay = config["market"]?["day_micros"]?.integer.map { Dollars($0) }
        self.webHosts = config["web_hosts"]?.array.map { $0.compactMap(\.string) }
        self.maximumCalls = config["max_tool_calls"]?.integer.map { Int($0) } ?? 200
    }

    /// Profile, then what is allowed besides, then what is denied, which wins.
    func has(_ tool: ToolTraits) -> Bool {
        let isInProfile =
            switch self.profile {
            case .full: true
            case .safe: [.read, .write].contains(tool.kind) && tool.group == "fs" || tool.group == "time"
            case .none: false
            }
        return (isInProfile || self.allow.contains { Self.names($0, tool) })
            && !self.deny.contains { Self.names($0, tool) }
    }

    /// Whether somebody must agree before it runs.
    func asks(_ tool: ToolTraits) -> Bool { self.ask.contains { Self.names($0, tool) } }

    static func names(_ entry: String, _ tool: ToolTraits) -> Bool {
        if let group = entry.bytewise.dropping(prefix: "group:") { return tool.group == String(group) }
        if let start = entry.bytewise.dropping(suffix: "*") { return tool.name.bytewise.starts(with: start) }
        return tool.name == entry
    }

    static let profileNames = Profile.allCases.map(\.rawValue)
    static let groups = ["fs", "web", "memory", "delegate", "market", "time"]

    /// The names of an object that mean nothing, and whether it goes beyond what `safe` has.
    static func faults(_ config: JSONValue, known: Set<String>) -> [String] {
        ["allow", "deny", "ask"].flatMap { list in
            (config[list]?.array ?? []).compactMap { entry -> String? in
                guard let name = entry.string else { return "\(list)" }
                if let group = name.bytewise.dropping(prefix: "group:") {
                    return Self.groups.contains(String(group)) ? nil : name
                }
                let isKnown = known.contains(name) || name.bytewise.starts(with: "mcp_")
                return isKnown ? nil : name
            }
        }
    }

    /// Whether only an admin may set it in place of another.
    static func needsAdmin(_ new: JSONValue, instead old: JSONValue, _ tools: [ToolTraits]) -> Bool {
        let (after, before) = (ToolPolicy(new), ToolPolicy(old))
        let safe = ToolPolicy([:])
        let isBeyond = tools.contains { after.has($0) && !safe.has($0) && !before.has($0) }
        let pays = after.autoPay > 0 && new["auto_pay_micros"] != old["auto_pay_micros"]
        let unasked = !Set(before.ask).isSubset(of: Set(after.ask))
        return isBeyond || pays || unasked || new["market"] != old["market"] || new["web_hosts"] != old["web_hosts"]
    }
}
