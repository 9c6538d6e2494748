import Kernel

/// What the caller states of the shopper, beside the sentence. It goes before what is parsed; only what is understood is kept.
struct StatedContext: Sendable, Equatable {
    var budget: Budget?
    var recipient: String?
    var excluded: [String] = []

    var isEmpty: Bool { self.budget == nil && self.recipient == nil && self.excluded.isEmpty }

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
        for name in ["negative_preferences", "owned_items"] {
            guard let value = members[name], value != .null else { continue }
            guard let texts = value.array?.map(\.string), texts.count <= 50,
                texts.allSatisfy({ ($0?.utf8.count ?? 101) <= 100 })
            else { return nil }
            if name == "negative_preferences" { self.excluded = texts.compactMap { $0?.trimmed.nonEmpty } }
        }
    }

    func apply(to parsed: inout ParsedIntent, _ parser: IntentParser) {
        if let budget {
            parsed.pieces.removeAll { $0.kind == .budget }
            parsed.budget = budget
            parsed.pieces.append(.init(kind: .budget, value: budget.text, text: "", start: 0, isHard: true))
        }
        if let recipient { parsed.recipient = recipient }
        for text in self.excluded {
            parsed.excludedWords.append(text.lowercased())
            parsed.pieces.append(.init(kind: .exclusion, value: text.lowercased(), text: "", start: 0, isHard: true))
        }
    }
}

extension Budget {
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
