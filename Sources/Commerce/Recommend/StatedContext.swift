import Kernel

/// What the caller states of the shopper, beside the sentence. It goes before what is parsed; only what is understood is kept.
struct StatedContext: Sendable, Equatable {
    var budget: Budget?
    var recipient: String?
    var region: Region?
    /// In words, as in a sentence: `under $20`, `only Logitech`.
    var constraints: [String] = []
    /// What is not wanted, or is there already.
    var excluded: [String] = []

    var isEmpty: Bool { self == StatedContext() }

    init() {}

    /// Of `personal_agent_context`. Nil where a member cannot be read.
    init?(_ context: JSONValue) {
        guard let members = context.object else { return nil }
        if let range = members["budget_range"], range != .null {
            guard let budget = Budget(range) else { return nil }
            self.budget = budget
        }
        if let recipient = members["recipient"], recipient != .null {
            guard let text = recipient.string, text.utf8.count <= 200 else { return nil }
            self.recipient = text.trimmed.nonEmpty
        }
        if let region = members["region"], region != .null {
            guard let known = region.string.flatMap({ Region($0) }) else { return nil }
            self.region = known
        }
        for name in ["hard_constraints", "negative_preferences", "owned_items"] {
            guard let value = members[name], value != .null else { continue }
            guard let texts = value.array?.map(\.string), texts.count <= 50,
                texts.allSatisfy({ ($0?.utf8.count ?? 101) <= 100 })
            else { return nil }
            let said = texts.compactMap { $0?.trimmed.nonEmpty }
            if name == "hard_constraints" { self.constraints = said } else { self.excluded += said }
        }
    }

    /// What a stored intent states, before what the caller states now.
    func adding(_ intent: Intent) -> StatedContext {
        var stated = self
        let isStated = intent.details.source == "caller"
        stated.budget = stated.budget ?? Budget(intent.details.budget)
        stated.region = stated.region ?? intent.region.flatMap { Region($0) }
        if isStated { stated.constraints = intent.details.constraints + stated.constraints }
        return stated
    }

    func apply(to parsed: inout ParsedIntent, _ parser: IntentParser, at now: Timestamp) {
        for text in self.constraints { Self.add(parser.parse(text, at: now), to: &parsed) }
        if let budget {
            let said = parsed.budget
            parsed.limit(to: budget)
            // What the sentence says as well keeps its words.
            if let whole = parsed.budget, whole != said { parsed.state(.budget, whole.text) }
        }
        if let recipient { parsed.recipient = recipient }
        if let region, region != parsed.region.flatMap({ Region($0) }) {
            parsed.region = region.written
            parsed.state(.region, region.written)
        }
        for text in self.excluded {
            let said = parser.parse(text, at: now)
            let turned = said.excludes ? said : parser.parse("not \(text)", at: now)
            if turned.excludes {
                Self.add(turned, to: &parsed)
            } else {
                parsed.excludedWords.append(text.lowercased())
                parsed.pieces.append(
                    .init(kind: .exclusion, value: text.lowercased(), text: "", start: 0, isHard: true)
                )
            }
        }
    }

    /// The limits of another text.
    private static func add(_ more: ParsedIntent, to parsed: inout ParsedIntent) {
        if let budget = more.budget { parsed.limit(to: budget) }
        parsed.onlyBrands += more.onlyBrands
        parsed.excludedBrands += more.excludedBrands
        parsed.excludedWords += more.excludedWords
        parsed.mustBeInStock = parsed.mustBeInStock || more.mustBeInStock
        if let region = more.region { parsed.region = region }
        for piece in more.pieces where piece.isHard {
            parsed.pieces.append(.init(kind: piece.kind, value: piece.value, text: "", start: 0, isHard: true))
        }
    }
}

extension ParsedIntent {
    fileprivate var excludes: Bool { !self.excludedBrands.isEmpty || !self.excludedWords.isEmpty }

    /// The stricter of two limits holds; of two in different currencies, the one that is stated.
    fileprivate mutating func limit(to stated: Budget) {
        guard let own = self.budget, own.currency == stated.currency else { return self.budget = stated }
        let low = [own.minimum, stated.minimum].compactMap(\.self).max()
        let high = [own.maximum, stated.maximum].compactMap(\.self).min()
        self.budget = Budget(minimum: low, maximum: high, currency: own.currency)
    }

    /// In place of what the sentence says of it.
    fileprivate mutating func state(_ kind: Kind, _ value: String) {
        self.pieces.removeAll { $0.kind == kind }
        self.pieces.append(.init(kind: kind, value: value, text: "", start: 0, isHard: true))
    }
}

extension Budget {
    /// As intents show it.
    var range: JSONValue {
        let number = { (micros: Int64?) -> JSONValue in micros.map { .decimal(Micros.shortest($0)) } ?? .null }
        return [
            "min": number(self.minimum), "max": number(self.maximum), "currency": .string(self.currency.code),
        ]
    }

    /// `{"min": 10, "max": 20, "currency": "USD"}`; nil where that is none.
    init?(_ range: JSONValue) {
        guard let members = range.object else { return nil }
        let code = members["currency"].flatMap { $0 == .null ? "USD" : $0.string } ?? "USD"
        guard let currency = Currency(iso: code.uppercased()) else { return nil }
        var bounds: [Int64?] = []
        for name in ["min", "max"] {
            guard let value = members[name], value != .null else {
                bounds.append(nil)
                continue
            }
            guard let digits = value.decimalDigits, let money = Money(digits, currency) else { return nil }
            bounds.append(money.micros)
        }
        guard bounds[0] ?? 0 <= bounds[1] ?? .max, bounds[0] != nil || bounds[1] != nil else { return nil }
        self.init(minimum: bounds[0], maximum: bounds[1], currency: currency)
    }
}
