import Foundation
import Kernel
import Web

/// What a client says of a provider.
struct ProviderInput: Input {
    let changes: ProviderService.Changes

    init(_ read: inout InputReader) { self.changes = Self.changes(&read, isNew: true) }

    /// - Parameter isNew: whether what must be there is asked for.
    static func changes(_ read: inout InputReader, isNew: Bool) -> ProviderService.Changes {
        var changes = ProviderService.Changes()
        let about = "Its name in the tenant: a-z, 0-9 and hyphens"
        changes.name =
            isNew ? read.body("name", .string, about, .slug) : read.optionalBody("name", .string, about, .slug)
        changes.displayName = read.optionalBody(
            "display_name",
            .string,
            "As people call it",
            .line(canBeBlank: true),
            .atMost(255)
        )
        let type = read.optionalBody("provider_type", .string, "How it is spoken to", .atMost(64))
        let alias = read.optionalBody("type", .string, "The same by another name", .atMost(64))
        if isNew, type == nil, alias == nil { read.missing("provider_type", orAs: "type") }
        changes.type = type ?? alias
        let base = read.optionalBody(
            "api_base",
            .string,
            "Where it is; its vendor's address without it",
            .atMost(2048),
            .baseAddress
        )
        let baseAlias = read.optionalBody("base_url", .string, "The same by another name", .atMost(2048), .baseAddress)
        changes.apiBase = base ?? baseAlias
        changes.defaultModel = read.optionalBody("default_model", .string, "Of agents that name none", .atMost(200))
        changes.isEnabled = read.optionalBody("enabled", .boolean, "Whether it is used")
        changes.apiKey = read.secret("api_key")
        if let settings = read.optionalBody("settings", .object, "Its limits and particulars", .atMostBytes(64 * 1024))
        {
            SettingsRules.check(settings, &read)
            changes.settings = .object(settings)
        }
        return changes
    }
}

extension InputReader {
    /// Missing, empty or masked: unchanged. Null: taken away.
    fileprivate mutating func secret(_ name: String) -> String?? {
        let isCleared = self.isNull(name)
        let given = self.optionalBody(name, .string, "Its key; never shown again", .atMost(8192), .headerValue)
        if isCleared { return .some(nil) }
        guard let value = given?.trimmed, !value.isEmpty, value != "***" else { return nil }
        return .some(value)
    }
}

extension Rule where Value == String {
    /// What a header can carry, apart from blanks around it.
    fileprivate static var headerValue: Rule {
        Rule(FieldRule("header_value")) { $0.trimmed.utf8.allSatisfy { $0 > 32 && $0 < 127 } }
    }

    /// http or https, without credentials, query or fragment.
    static var baseAddress: Rule {
        Rule(FieldRule("base_address"), schema: ["format": "uri"]) { text in
            guard let url = URL(string: text), let scheme = url.scheme?.lowercased() else { return false }
            return ["http", "https"].contains(scheme) && url.host?.isEmpty == false && url.user == nil
                && url.query == nil && url.fragment == nil && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
        }
    }
}

/// What the settings of a provider may say.
private enum SettingsRules {
    private static let ranges: [(name: String, range: ClosedRange<Int64>)] = [
        ("timeout_seconds", 1...600), ("max_concurrent", 1...10_000), ("image_tokens", 0...1_000_000),
    ]
    private static let ownHeaders: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "authorization", "content-type", "accept-encoding",
        "x-api-key", "anthropic-version", "user-agent",
    ]

    static func check(_ settings: [String: JSONValue], _ read: inout InputReader) {
        for (name, range) in self.ranges {
            guard let value = settings[name], value != .null else { continue }
            let isRight = value.integer.map(range.contains) ?? false
            read.require(isRight, "settings.\(name)", .between("\(range.lowerBound)", "\(range.upperBound)"))
        }
        for name in ["stream_options", "relay"] {
            guard let value = settings[name], value != .null else { continue }
            let isRight = if case .bool = value { true } else { false }
            read.require(isRight, "settings.\(name)", FieldRule("boolean"))
        }
        for name in ["anthropic_version", "embedding_model"] {
            guard let value = settings[name], value != .null else { continue }
            read.require(value.string?.utf8.count ?? 1000 <= 200, "settings.\(name)", FieldRule("string"))
        }
        if let unpriced = settings["unpriced"], unpriced != .null {
            let isRight = ["refuse", "free"].contains(unpriced.string ?? "")
            read.require(isRight, "settings.unpriced", .oneOf(["refuse", "free"]))
        }
        guard let headers = settings["headers"], headers != .null else { return }
        guard let members = headers.object else {
            return read.require(false, "settings.headers", FieldRule("object"))
        }
        read.require(members.count <= 16, "settings.headers", .between("0", "16"))
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let isName = PlainName.isName(name, atMost: 200)
            let isValue = value.string.map { text in
                text.utf8.count <= 8192 && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
            }
            let isRight = isName && !self.ownHeaders.contains(name.lowercased()) && isValue ?? false
            read.require(isRight, "settings.headers.\(name)", FieldRule("header"))
        }
    }
}

/// One row of a list of prices, in US dollars for a million tokens.
enum PriceInput {
    /// What a model can read or write.
    private static let tokenLimit: Int64 = 10_000_000

    static func price(_ row: JSONValue, _ path: String, _ read: inout InputReader) -> Price? {
        let model = row["model"]?.string?.nonEmpty.flatMap { $0.utf8.count <= 200 ? $0 : nil }
        read.require(model != nil, "\(path).model", FieldRule("blank"))
        let rates = self.rates(row, path, &read)
        self.requireTypes(row, path, &read)
        let tiers = (row["tiers"]?.array ?? []).enumerated().compactMap { index, tier -> (Int64, Price.Rates)? in
            guard let above = tier["above_input_tokens"]?.integer, above >= 0 else {
                read.require(false, "\(path).tiers[\(index)].above_input_tokens", FieldRule("integer"))
                return nil
            }
            return self.rates(tier, "\(path).tiers[\(index)]", &read).map { (above, $0) }
        }
        let source = row["source"]?.string?.nonEmpty
        read.require(source != nil, "\(path).source", FieldRule("blank"))
        let asOf = row["as_of"]?.string.flatMap { Timestamp(text: $0) }
        read.require(asOf != nil, "\(path).as_of", FieldRule("day"))
        for name in ["context_window", "max_output"] {
            guard let value = row[name], value != .null else { continue }
            let isRight = value.integer.map { (1...Self.tokenLimit).contains($0) } ?? false
            read.require(isRight, "\(path).\(name)", .between("1", "\(Self.tokenLimit)"))
        }
        guard let model, let rates, let source, let asOf else { return nil }
        return Price(
            model: model,
            aliases: row["aliases"]?.array?.compactMap(\.string) ?? [],
            rates: rates,
            tiers: tiers.sorted { $0.0 < $1.0 }.map { (above: $0.0, rates: $0.1) },
            contextWindow: row["context_window"]?.integer.map { Int($0) },
            maximumOutput: row["max_output"]?.integer.map { Int($0) },
            reasons: row["reasoning"] == true,
            source: source.beginning(500),
            asOf: asOf.dayText
        )
    }

    /// What were dropped here would be paid without having been bounded.
    private static func requireTypes(_ row: JSONValue, _ path: String, _ read: inout InputReader) {
        let tiers = row["tiers"] ?? .null
        let areTiers = tiers == .null || tiers.array?.allSatisfy { $0.object != nil } ?? false
        read.require(areTiers, "\(path).tiers", FieldRule("objects"))
        let reasoning = row["reasoning"] ?? .null
        read.require([.null, true, false].contains(reasoning), "\(path).reasoning", FieldRule("boolean"))
        let aliases = row["aliases"] ?? .null
        let areNames = aliases == .null || aliases.array?.allSatisfy { $0.string?.nonEmpty != nil } ?? false
        read.require(areNames, "\(path).aliases", FieldRule("strings"))
    }

    private static func rates(_ row: JSONValue, _ path: String, _ read: inout InputReader) -> Price.Rates? {
        let input = self.amount(row, "input", path, &read)
        let output = self.amount(row, "output", path, &read)
        // Where nothing is said, a cache costs what it replaces.
        let cacheRead = row["cache_read"] == nil ? input : self.amount(row, "cache_read", path, &read)
        let cacheWrite = row["cache_write"] == nil ? input : self.amount(row, "cache_write", path, &read)
        guard let input, let output, let cacheRead, let cacheWrite else { return nil }
        return .init(input: input, output: output, cacheRead: cacheRead, cacheWrite: cacheWrite)
    }

    /// Decimal text; further places than six are rounded up.
    private static func amount(_ row: JSONValue, _ name: String, _ path: String, _ read: inout InputReader) -> Dollars?
    {
        let text = row[name]?.string ?? row[name]?.integer.map(String.init) ?? ""
        let (units, places) = text.bytewise.cut(at: ".")
        let isLong = (places?.utf8.count ?? 0) > Micros.places
        let cut = isLong ? "\(units).\(Substring((places ?? "").utf8.prefix(Micros.places)))" : text
        guard let micros = try? Micros.parse(cut), micros >= 0, micros <= 1_000_000 * Micros.perUnit,
            places?.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ?? true
        else {
            read.require(false, "\(path).\(name)", FieldRule("decimal"))
            return nil
        }
        let hasMore = isLong && (places ?? "").utf8.dropFirst(Micros.places).contains { $0 != UInt8(ascii: "0") }
        return Dollars(micros + (hasMore ? 1 : 0))
    }
}
