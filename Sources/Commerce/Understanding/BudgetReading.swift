import Kernel

/// Prices: bounds, ranges, about so much, and what is only said to be cheap.
extension SentenceReading {
    private struct Bounds {
        var low: Int64?
        var high: Int64?
        var range: ClosedRange<Int>
        /// Whether it was said that this is about money, or a bound at all.
        var isBudget: Bool
        var isAbout = false
    }

    mutating func readBudget() {
        for index in self.items.indices where self.isFree(index) && self.items[index].says("cheap") {
            self.intent.isCheapPreferred = true
            self.add(.pricePreference, "low", index...index)
            self.take([index])
        }
        for index in self.items.indices where self.isFree(index) {
            guard let first = self.items[index].quantity, first.unit == nil, first.age == nil else { continue }
            if self.intent.budget == nil, let range = self.range(from: index),
                self.accept(range, index, self.lastQuantity(of: range))
            {
                return
            }
            if let bounds = self.bounds(of: index), self.accept(bounds, index, first), !self.isOpen { return }
        }
        if self.intent.budget == nil { self.readExactPrice() }
    }

    /// Whether a bound was said, and the other one may follow: `over $20 and under $30`.
    private var isOpen: Bool {
        self.intent.budget.map { ($0.minimum == nil) != ($0.maximum == nil) } ?? true
    }

    private func lastQuantity(of bounds: Bounds) -> Quantity {
        self.items[bounds.range].reversed().lazy.compactMap(\.quantity).first ?? Quantity(micros: 0)
    }

    // MARK: Ranges

    /// `50-100`, `between 150 and 300 dollars`, `1万円から2万円まで`, `từ 10 đến 15 triệu`.
    private func range(from index: Int) -> Bounds? {
        guard let joint = self.joint(after: index), let second = self.items[joint + 1].quantity, second.unit == nil,
            second.age == nil, var low = self.items[index].quantity
        else { return nil }
        // What stands before the joint shares the factor that stands behind it.
        if !low.hasFactor, second.hasFactor, low.currency == nil,
            let product = NumberReader.multiplied(low.micros, second.factor)
        {
            low.micros = product
        }
        // `between $30 and $20` means the same as the other way round.
        let isTurned = low.micros > second.micros
        if isTurned, !(self.neighbour(of: index, -1).map { self.items[$0].says("between") } ?? false) { return nil }
        var bounds = Bounds(
            low: min(low.micros, second.micros),
            high: max(low.micros, second.micros),
            range: index...(joint + 1),
            isBudget: false
        )
        let isOfModel = index > 0 && self.isModel(index - 1)
        bounds.isBudget =
            low.currency != nil || second.currency != nil || second.hasFactor || low.hasFactor || !isOfModel
        if let before = self.neighbour(of: index, -1) {
            let item = self.items[before]
            if item.says(anyOf: ["between", "above_before", "about_before"]) {
                bounds.range = before...bounds.range.upperBound
            }
            if item.says("budget") { (bounds.range, bounds.isBudget) = (before...bounds.range.upperBound, true) }
            if let further = self.neighbour(of: before, -1), self.items[further].says("budget") {
                (bounds.range, bounds.isBudget) = (further...bounds.range.upperBound, true)
            }
        }
        let after = bounds.range.upperBound + 1
        if self.isFree(after), self.items[after].says(anyOf: ["below_after", "about_after"]) {
            bounds.range = bounds.range.lowerBound...after
        }
        return bounds
    }

    /// The word or the sign between two numbers.
    private func joint(after index: Int) -> Int? {
        let joint = index + 1
        guard self.isFree(joint), self.isFree(joint + 1), self.items[joint + 1].quantity != nil else { return nil }
        if case .symbol(let scalar) = self.items[joint].kind { return scalar == 0x2D || scalar == 0x7E ? joint : nil }
        guard self.items[joint].says(anyOf: ["joint", "above_after"]) else { return nil }
        let isAnd = self.sentence.original(self.items[joint].range).lowercased().bytewise.equals("and")
        let before = self.neighbour(of: index, -1)
        return isAnd && !(before.map { self.items[$0].says("between") } ?? false) ? nil : joint
    }

    // MARK: Bounds

    private func bounds(of index: Int) -> Bounds? {
        guard let quantity = self.items[index].quantity else { return nil }
        let micros = quantity.micros
        let isMoney = quantity.currency != nil
        var bounds = Bounds(range: index...index, isBudget: isMoney)
        let after = index + 1
        if self.isFree(after) {
            let item = self.items[after]
            if item.says("about_after") {
                bounds.isAbout = true
            } else if item.says("below_after") {
                bounds.high = micros
            } else if item.says("above_after"), isMoney || quantity.hasFactor || !item.isContent {
                bounds.low = micros
            }
            if bounds.isAbout || bounds.high != nil || bounds.low != nil {
                (bounds.range, bounds.isBudget) = (index...after, true)
            }
        }
        self.readBefore(&bounds, micros, index)
        return bounds.isAbout || bounds.high != nil || bounds.low != nil ? bounds : nil
    }

    private func readBefore(_ bounds: inout Bounds, _ micros: Int64, _ index: Int) {
        guard let before = self.neighbour(of: index, -1) else { return }
        let item = self.items[before]
        let isOpen = bounds.high == nil && bounds.low == nil && !bounds.isAbout
        if isOpen {
            if item.says("below_before") {
                bounds.high = micros
            } else if item.says("above_before"), !item.says("between") || bounds.isBudget {
                bounds.low = micros
            } else if item.says("about_before") {
                bounds.isAbout = true
            } else if item.says("budget") {
                bounds.high = micros
            } else {
                return
            }
            (bounds.range, bounds.isBudget) = (before...bounds.range.upperBound, true)
            self.turnNegated(&bounds)
        } else if item.says("budget") || item.says("about_before") {
            bounds.range = before...bounds.range.upperBound
        }
        guard let further = self.neighbour(of: bounds.range.lowerBound, -1), self.items[further].says("budget") else {
            return
        }
        bounds.range = further...bounds.range.upperBound
    }

    /// `must not cost more than $100`, `不要超过100元`: not beyond a bound is within it.
    private func turnNegated(_ bounds: inout Bounds) {
        guard !bounds.isAbout, var before = self.neighbour(of: bounds.range.lowerBound, -1) else { return }
        let isVerb = self.items[before].says("budget") || self.verbs.contains(self.folded(before))
        if isVerb, let further = self.neighbour(of: before, -1) { before = further }
        guard self.items[before].says("negated"), !self.items[before].isContent else { return }
        (bounds.low, bounds.high) = (bounds.high, bounds.low)
        bounds.range = before...bounds.range.upperBound
    }

    private var verbs: Set<String> { ["be", "go", "run", "come"] }

    /// `a mouse for $20`, `$20 mouse`, `chuột 200k`: what is only named is the most that it may cost.
    private mutating func readExactPrice() {
        for index in self.items.indices where self.isFree(index) {
            guard let quantity = self.items[index].quantity, quantity.unit == nil, quantity.age == nil,
                quantity.currency != nil || quantity.hasFactor && self.sentence.language == .vi
            else { continue }
            let bounds = Bounds(high: quantity.micros, range: index...index, isBudget: true)
            if self.accept(bounds, index, quantity) { return }
        }
    }

    // MARK: Currencies

    private mutating func accept(_ bounds: Bounds, _ index: Int, _ quantity: Quantity) -> Bool {
        guard bounds.isBudget, let currency = self.currency(index, quantity) else { return false }
        let isBareVietnamese = quantity.isBare && !quantity.hasFactor && currency.code == "VND"
        let scaled = { (micros: Int64?) -> Int64? in
            guard let micros, isBareVietnamese, micros < 1000 * Micros.perUnit else { return micros }
            return micros * 1000
        }
        var (low, high) = (scaled(bounds.low), scaled(bounds.high))
        if bounds.isAbout, let around = scaled(quantity.micros) {
            (low, high) = (around / 5 * 4, around / 5 * 6)
        }
        guard [low, high].allSatisfy({ $0 ?? 0 <= Self.largest }) else { return false }
        let budget = Budget(minimum: low, maximum: high, currency: currency)
        guard let whole = self.joined(budget) else { return false }
        self.intent.budget = whole
        self.add(.budget, budget.text, bounds.range, isHard: true)
        self.take(bounds.range)
        return true
    }

    /// With the bound that was said before; nil where the two do not belong together.
    private func joined(_ budget: Budget) -> Budget? {
        guard let before = self.intent.budget else { return budget }
        guard before.currency == budget.currency, (before.minimum == nil) == (budget.maximum == nil),
            (before.maximum == nil) == (budget.minimum == nil), let low = before.minimum ?? budget.minimum,
            let high = before.maximum ?? budget.maximum, low <= high
        else { return nil }
        return Budget(minimum: low, maximum: high, currency: budget.currency)
    }

    /// Beyond it nothing has a price.
    private static let largest = Int64(1_000_000_000_000) * Micros.perUnit

    private func currency(_ index: Int, _ quantity: Quantity) -> Currency? {
        let code = quantity.currency ?? self.items[index].quantity?.currency
        if let code, code != "¥" { return Currency(iso: code) }
        let region = (self.intent.region ?? self.region)?.uppercased()
        let isYen: Currency? =
            switch self.sentence.language {
            case .zh: .cny
            case .ja: .jpy
            default: region == "CN" ? .cny : .jpy
            }
        if code == "¥" { return isYen }
        return self.regionCurrency(region) ?? Self.languageCurrency[self.sentence.language]
    }

    private static let languageCurrency: [WordLanguage: Currency] = [
        .en: .usd, .zh: .cny, .ja: .jpy, .vi: Currency(code: "VND"),
    ]

    private func regionCurrency(_ region: String?) -> Currency? {
        let codes = [
            "US": "USD", "GB": "GBP", "UK": "GBP", "JP": "JPY", "CN": "CNY", "VN": "VND", "DE": "EUR", "FR": "EUR",
            "IT": "EUR", "ES": "EUR", "CA": "CAD", "AU": "AUD", "KR": "KRW", "SG": "SGD", "TW": "TWD", "HK": "HKD",
            "TH": "THB", "IN": "INR",
        ]
        return region.flatMap { codes[$0] }.flatMap { Currency(iso: $0) }
    }
}
