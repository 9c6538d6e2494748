import Kernel

/// What must not be, what alone may be, and what it is for.
extension SentenceReading {
    mutating func readConditions() {
        self.readOccasion()
        for index in self.items.indices where self.isFree(index) && self.items[index].says("stock") {
            guard !self.items[index].isContent else { continue }
            self.intent.mustBeInStock = true
            self.add(.availability, "in_stock", index...index, isHard: true)
            self.take([index])
        }
        for index in self.items.indices where self.isFree(index) {
            if self.items[index].says("not_after"), let target = self.targetBefore(index) {
                self.exclude(target, with: target.lowerBound...index)
                self.excludeOthers(from: target.lowerBound, -1)
            }
        }
        for index in self.items.indices where self.isFree(index) {
            guard self.items[index].says("not_before"), !self.items[index].isContent else { continue }
            if self.isFree(index + 1), Self.pronouns.contains(self.folded(index + 1)) {
                // `Lumo is not what I want`
                if let target = self.targetBefore(index) { self.exclude(target, with: target.lowerBound...index + 1) }
                self.take([index, index + 1])
            } else if let target = self.targetAfter(index) {
                self.exclude(target, with: index...target.upperBound)
                self.excludeOthers(from: target.upperBound, 1)
                self.takeRest(after: target.upperBound)
            }
        }
        self.readOnly()
    }

    // MARK: Negations

    /// Behind a negation, it means what stands before it.
    private static let pronouns: Set<String> = ["what"]

    /// *Not one with a cable* is *no cable*.
    private static let fillers: Set<String> = [
        "one", "ones", "something", "anything", "with", "that", "has", "have", "a", "an", "any",
    ]

    func folded(_ index: Int) -> String {
        String(String.UnicodeScalarView(self.sentence.plain[self.items[index].range].compactMap { Unicode.Scalar($0) }))
    }

    /// `no Lumo or Harrow`, `LumoとHarrow以外`: further makers beside one that is excluded.
    private mutating func excludeOthers(from start: Int, _ step: Int) {
        var place = start
        while true {
            var next = place + step
            var hasJoint = false
            while self.isFree(next), self.isJoint(self.items[next]) {
                hasJoint = true
                next += step
            }
            guard hasJoint, self.isFree(next), self.maker(self.items[next]) != nil else { return }
            self.exclude(next...next, with: next...next)
            place = next
        }
    }

    private func isJoint(_ item: SentenceItem) -> Bool {
        if case .symbol(let scalar) = item.kind { return [0x2C, 0x2F, 0x26, 0x3001, 0xFF0C].contains(scalar) }
        return item.says("also") && !item.isContent
    }

    /// What a negation stands before: a known phrase, else a word, else a run of characters.
    private func targetAfter(_ index: Int) -> ClosedRange<Int>? {
        var last = index
        while self.isFree(last + 1), Self.fillers.contains(self.folded(last + 1)) { last += 1 }
        guard let first = self.neighbour(of: last, 1) else { return nil }
        switch self.items[first].kind {
        case .phrase where self.concept(self.items[first], [.category]) != nil:
            // `không muốn chuột Lumo`: not that maker's mice.
            let further = first + 1
            let isOfMaker = self.isFree(further) && self.maker(self.items[further]) != nil
            return isOfMaker ? further...further : first...first
        case .phrase where self.items[first].isContent, .word: return first...first
        case .quantity(let quantity) where quantity.currency == nil: return first...first
        case .character:
            var last = first
            while self.isFree(last + 1), case .character = self.items[last + 1].kind { last += 1 }
            return first...last
        default: return nil
        }
    }

    private func targetBefore(_ index: Int) -> ClosedRange<Int>? {
        guard let last = self.neighbour(of: index, -1) else { return nil }
        switch self.items[last].kind {
        case .phrase where self.items[last].isContent, .word: return last...last
        case .character:
            var first = last
            while self.isFree(first - 1), case .character = self.items[first - 1].kind { first -= 1 }
            return first...last
        default: return nil
        }
    }

    /// `不要苹果的手机`: the particle after what is negated says nothing; `除了惠普以外的`: nor does the second half.
    private mutating func takeRest(after index: Int) {
        var next = index + 1
        while self.isFree(next), self.items[next].says(anyOf: ["particle", "not_after"]), !self.items[next].isContent {
            self.take([next])
            next += 1
        }
    }

    private mutating func exclude(_ target: ClosedRange<Int>, with range: ClosedRange<Int>) {
        let item = self.items[target.lowerBound]
        let value: String
        if let maker = self.maker(item) {
            self.intent.excludedBrands.append(maker)
            value = maker
        } else {
            let known = self.concept(item, Set(Concept.Kind.allCases))
            let text = self.items[target.lowerBound].range.lowerBound..<self.items[target.upperBound].range.upperBound
            value = known?.name ?? self.sentence.original(text).lowercased()
            self.intent.excludedWords.append(value)
        }
        self.add(.exclusion, value, range, isHard: true)
        self.take(range)
    }

    // MARK: Only

    private mutating func readOnly() {
        for index in self.items.indices where self.isFree(index) {
            for (cue, step) in [("only_before", 1), ("only_after", -1)] where self.items[index].says(cue) {
                guard let (place, maker) = self.makerBeside(index, step), !self.isUnderstood[place] else { continue }
                let isBeside = self.neighbour(of: index, step) == place
                self.keepOnly(maker, place, isBeside ? min(index, place)...max(index, place) : place...place)
                self.take([index])
                break
            }
        }
    }

    /// The maker next to a word, also beyond the kind of product that stands between: `ロジクールのマウスだけ`.
    private func makerBeside(_ index: Int, _ step: Int) -> (place: Int, maker: String)? {
        guard var place = self.neighbour(of: index, step) else { return nil }
        if self.maker(self.items[place]) == nil, self.concept(self.items[place], [.category]) != nil {
            guard let further = self.neighbour(of: place, step) else { return nil }
            place = further
        }
        return self.maker(self.items[place]).map { (place, $0) }
    }

    private mutating func keepOnly(_ maker: String, _ place: Int, _ range: ClosedRange<Int>) {
        self.intent.onlyBrands.append(maker)
        self.add(.brand, maker, range, isHard: true)
        self.isUnderstood[place] = true
    }

    // MARK: For

    /// A maker or a model after *for* is what it must fit, not what it is.
    mutating func readCompatibility() {
        for index in self.items.indices where self.isFree(index) {
            if self.items[index].says("for_before"), !self.items[index].isContent, let first = self.modelAfter(index) {
                self.addCompatibility(first, with: index...first.upperBound)
            } else if self.items[index].says("for_after"), index > 0, self.isFree(index - 1) {
                let last = index - 1
                guard let first = self.modelBefore(last) else { continue }
                self.addCompatibility(first...last, with: first...index)
            }
        }
        self.readOwner()
    }

    /// `プリンターのインク`: of two kinds of products, the first is what the second is for.
    private mutating func readOwner() {
        for index in self.items.indices.dropFirst()
        where self.isFree(index) && self.isFree(index - 1) && self.isFree(index + 1) {
            let joint = self.sentence.original(self.items[index].range)
            guard ["の", "的"].contains(joint), let owner = self.concept(self.items[index - 1], [.category]),
                // Memory of so many gigabytes is a measure.
                owner.name != "memory module",
                self.concept(self.items[index + 1], [.category]) != nil, !self.isUnderstood[index - 1]
            else { continue }
            self.add(.compatibility, owner.name, (index - 1)...(index - 1))
            self.isUnderstood[index - 1] = true
        }
    }

    func isModel(_ index: Int) -> Bool {
        guard self.isFree(index) else { return false }
        let item = self.items[index]
        if self.maker(item) != nil || self.concept(item, [.family]) != nil { return true }
        let text = self.sentence.plain[item.range]
        let hasDigit = text.contains { FoldedSentence.isDigit($0) }
        if case .word = item.kind { return hasDigit }
        return false
    }

    private func isNumber(_ index: Int) -> Bool {
        self.isFree(index) && (self.items[index].quantity?.isBare ?? false)
    }

    private func modelAfter(_ index: Int) -> ClosedRange<Int>? {
        let first = index + 1
        guard self.isModel(first) else { return nil }
        var last = first
        while self.isModel(last + 1) || self.isNumber(last + 1) { last += 1 }
        return first...last
    }

    private func modelBefore(_ index: Int) -> Int? {
        var first = index
        while self.isNumber(first), first > 0 { first -= 1 }
        guard self.isModel(first) else { return nil }
        while self.isModel(first - 1) { first -= 1 }
        return first
    }

    private mutating func addCompatibility(_ model: ClosedRange<Int>, with range: ClosedRange<Int>) {
        let words = self.items[model].map { item in
            self.maker(item) ?? self.concept(item, [.family])?.name ?? self.sentence.original(item.range).lowercased()
        }
        self.add(.compatibility, words.joined(separator: " "), range)
        for index in model { self.isUnderstood[index] = true }
    }
}
