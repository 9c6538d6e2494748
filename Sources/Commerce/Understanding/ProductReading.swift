import Kernel

/// What the product itself is: its kind, its properties, colours, makers and measures. These words are sought.
extension SentenceReading {
    mutating func readProducts() {
        self.readMeasures()
        for index in self.items.indices where self.isFree(index) && !self.isUnderstood[index] {
            let item = self.items[index]
            let range = index...index
            if let kind = self.concept(item, [.category]) {
                let name = self.isForPhone && kind.name == "case" ? "phone case" : kind.name
                if !self.intent.categories.contains(name) { self.intent.categories.append(name) }
                self.add(.category, name, range)
            }
            if let colour = self.concept(item, [.colour]) {
                self.intent.colours.append(colour.name)
                self.add(.colour, colour.name, range)
            } else if let maker = self.maker(item) {
                self.intent.brands.append(maker)
                self.add(.brand, maker, range)
            } else if let material = self.concept(item, [.material]) {
                self.add(.material, material.name, range)
            } else if let property = self.concept(item, [.property, .family]) {
                self.add(.attribute, property.name, range)
            }
        }
    }

    private static let phones: Set<String> = ["iphone", "galaxy", "pixel"]

    private var isForPhone: Bool {
        self.intent.pieces.contains { piece in
            piece.kind == .compatibility
                && !Self.phones.isDisjoint(with: piece.value.bytewise.split(" ").map(String.init))
        }
    }

    // MARK: Measures

    /// `27 inch`, `at least 16GB RAM`, `15cm以上`.
    private mutating func readMeasures() {
        for index in self.items.indices where self.isFree(index) {
            guard let quantity = self.items[index].quantity, let unit = quantity.unit else { continue }
            var bound = ""
            var range = index...index
            if let before = self.neighbour(of: index, -1), !self.items[before].isContent {
                if self.items[before].says("above_before") { bound = ">= " }
                if self.items[before].says("below_before") { bound = "<= " }
                if !bound.isEmpty {
                    range = before...index
                    self.take([before])
                }
            }
            let after = index + 1
            if bound.isEmpty, self.isFree(after), !self.items[after].isContent {
                if self.items[after].says("above_after") { bound = ">= " }
                if self.items[after].says("below_after") { bound = "<= " }
                if !bound.isEmpty {
                    range = index...after
                    self.take([after])
                }
            }
            let isLength = ["in", "cm", "mm", "m", "ft"].contains(unit) && !bound.isEmpty
            let name = self.measureName(index, unit) ?? (isLength ? "size" : nil)
            self.add(
                .attribute,
                "\(name.map { "\($0) " } ?? "")\(bound)\(Micros.shortest(quantity.micros)) \(unit)",
                range
            )
            self.isUnderstood[index] = true
        }
    }

    /// Of memory that is said beside its size, the word names the measure and no product.
    private mutating func measureName(_ index: Int, _ unit: String) -> String? {
        guard ["GB", "TB", "MB"].contains(unit) else { return nil }
        for place in [self.neighbour(of: index, -1), self.neighbour(of: index, 1)].compactMap(\.self) {
            let names = Set(self.items[place].meanings.compactMap { self.lexicon.concept($0)?.name })
            guard !names.isDisjoint(with: ["memory", "memory module"]) else { continue }
            self.isUnderstood[place] = true
            return "memory"
        }
        return nil
    }

    // MARK: What is sought

    /// The words that are left, and the same as a catalogue in English has them.
    mutating func finish() {
        // `日本的充电宝`: a country that says no place says something of the product. *Us* in English does not.
        let hasCountries = [.zh, .ja].contains(self.sentence.language)
        let content = self.items.indices.filter { index in
            let item = self.items[index]
            return !self.isTaken[index] && (item.isContent || hasCountries && item.says(anyOf: Self.regions))
        }
        if let first = content.first, let last = content.last {
            let start = self.items[first].range.lowerBound
            let end = self.items[last].range.upperBound
            let dropped = self.items.indices.filter { self.isTaken[$0] && (first...last).contains($0) }.map {
                self.items[$0].range
            }
            let before = start > 0 ? [0..<start] : []
            let after = end < self.sentence.count ? [end..<self.sentence.count] : []
            self.intent.residual = self.sentence.original(without: before + dropped + after)
                .bytewise.split(" ").joined(separator: " ")
        }
        var words: [String] = []
        for index in content {
            let item = self.items[index]
            if case .character = item.kind {
                if self.isFree(index - 1), case .character = self.items[index - 1].kind, let last = words.popLast() {
                    words.append(last + self.sentence.original(item.range))
                } else {
                    words.append(self.sentence.original(item.range))
                }
                continue
            }
            let word = self.searched(item)
            if word.isTranslated {
                self.intent.translated.append((words: word.text, said: self.sentence.original(item.range)))
            }
            words.append(word.text)
        }
        self.intent.searchText = words.joined(separator: " ")
        self.dropOverlaps()
    }

    private func searched(_ item: SentenceItem) -> (text: String, isTranslated: Bool) {
        let said = self.sentence.original(item.range)
        if let quantity = item.quantity {
            let number = Micros.shortest(quantity.micros)
            return (
                quantity.unit.map { Self.units[$0].map { "\(number) \($0)" } ?? "\(number)\($0.lowercased())" }
                    ?? number, false
            )
        }
        let concepts = item.meanings.compactMap { self.lexicon.concept($0) }
        guard !concepts.isEmpty else { return (said, false) }
        let text = self.sentence.plain[item.range]
        let isEnglish = concepts.contains { concept in
            (concept.forms[.en] ?? []).contains { text.starts(with: $0.unicodeScalars.map(\.value)) }
        }
        if isEnglish { return (said, false) }
        // A rechargeable battery is said in one word elsewhere.
        let order: [Concept.Kind] = [.maker, .family, .colour, .material, .property, .category]
        let names = order.compactMap { kind in concepts.first { $0.kind == kind }?.name }
        let isWithin = names.count > 1 && names[names.count - 1].bytewise.starts(with: names[0])
        return (isWithin ? names[0] : names.joined(separator: " "), true)
    }

    /// Units that catalogues write out.
    private static let units = [
        "in": "inch", "ports": "port", "pcs": "pcs", "cores": "core", "pages": "pages", "hours": "hours",
        "days": "days",
        "x": "x",
    ]

    /// Of pieces that overlap, the longest stays, then the first.
    private mutating func dropOverlaps() {
        var kept: [ParsedIntent.Piece] = []
        let sorted = self.intent.pieces.sorted {
            ($1.range.count, $0.range.lowerBound) < ($0.range.count, $1.range.lowerBound)
        }
        for piece in sorted
        where !kept.contains(where: {
            $0.range.overlaps(piece.range) && ($0.range != piece.range || $0.kind == piece.kind)
        }) { kept.append(piece) }
        self.intent.pieces = kept.sorted { $0.start < $1.start }
    }
}
