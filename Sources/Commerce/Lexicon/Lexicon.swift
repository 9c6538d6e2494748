import Kernel

/// The words of shoppers in four languages: what they mean, and how a catalogue in English writes it.
struct Lexicon: Sendable {
    let concepts: [Concept]
    private let phrases: [WordLanguage: PhraseTrie]
    /// Vietnamese as it is typed without its marks.
    private let plainVietnamese: PhraseTrie
    /// Phrases behind a number.
    private let suffixes: [WordLanguage: PhraseTrie]
    private let plainVietnameseSuffixes: PhraseTrie
    /// Kinds of products by their English forms.
    private let types: PhraseTrie
    /// By a kind of product: itself, and what is the same more or less closely.
    private let kin: [String: [String]]

    static let standard = Lexicon(Self.readConcepts())

    private init(_ concepts: [Concept]) {
        self.concepts = concepts
        var phrases = Dictionary(uniqueKeysWithValues: WordLanguage.allCases.map { ($0, PhraseTrie()) })
        var plain = PhraseTrie()
        var types = PhraseTrie()
        for (index, concept) in concepts.enumerated() {
            for (language, forms) in concept.forms {
                for form in forms {
                    phrases[language]!.insert(FoldedSentence(form).marked, .concept(index))
                    if language == .vi { plain.insert(FoldedSentence(form).plain, .concept(index)) }
                    if language == .en, concept.kind == .category {
                        types.insert(FoldedSentence(form).plain, .concept(index))
                    }
                }
            }
        }
        for (name, forms) in Self.lines(Cues.text) {
            for (language, forms) in forms {
                for form in forms {
                    phrases[language]!.insert(FoldedSentence(form).marked, .cue(name))
                    if language == .vi { plain.insert(FoldedSentence(form).plain, .cue(name)) }
                }
            }
        }
        var suffixes = Dictionary(uniqueKeysWithValues: WordLanguage.allCases.map { ($0, PhraseTrie()) })
        var plainSuffixes = PhraseTrie()
        for (name, forms) in Self.lines(Cues.afterNumbers) {
            let parts = name.bytewise.list(" ")
            guard let meaning = Self.suffix(parts[0], parts[1]) else { continue }
            for (language, forms) in forms {
                for form in forms {
                    suffixes[language]!.insert(FoldedSentence(form).marked, meaning)
                    if language == .vi { plainSuffixes.insert(FoldedSentence(form).plain, meaning) }
                }
            }
        }
        (self.phrases, self.plainVietnamese, self.types) = (phrases, plain, types)
        self.kin = Self.kin(of: concepts.filter { $0.kind == .category }.map(\.name))
        (self.suffixes, self.plainVietnameseSuffixes) = (suffixes, plainSuffixes)
    }

    private static func suffix(_ kind: String, _ value: String) -> Meaning? {
        switch kind {
        case "factor": Int(value).map { .factor($0) }
        case "currency": .currency(value)
        case "unit": .unit(value)
        case "age": .age(value)
        default: nil
        }
    }

    // MARK: Reading the tables

    private static func readConcepts() -> [Concept] {
        let types = self.lines(ProductTypes.text).map { group, forms in
            Concept(kind: .category, name: forms[.en]?.first ?? "", group: group, forms: forms)
        }
        let words = self.lines(ProductWords.text).compactMap { kind, forms in
            Concept.Kind(rawValue: kind).map {
                Concept(kind: $0, name: forms[.en]?.first ?? "", group: "", forms: forms)
            }
        }
        return types + words
    }

    /// The first column of each line, and its forms.
    private static func lines(_ text: String) -> [(String, [WordLanguage: [String]])] {
        text.bytewise.split("\n").map { line in
            let columns = line.bytewise.split("|").map { String($0).trimmed }
            let forms = zip(WordLanguage.allCases, columns.dropFirst()).map { language, column in
                (language, column == "-" ? [] : column.bytewise.list(","))
            }
            return (columns[0], Dictionary(uniqueKeysWithValues: forms))
        }
    }

    // MARK: Asking

    /// Phrases that begin at a place, the longest first. English is understood within every language.
    func matches(_ sentence: FoldedSentence, at place: Int) -> [(length: Int, meanings: [Meaning])] {
        self.find(sentence, at: place, self.phrases, self.plainVietnamese)
    }

    /// What stands behind a number, the longest first.
    func suffixes(_ sentence: FoldedSentence, at place: Int) -> [(length: Int, meanings: [Meaning])] {
        self.find(sentence, at: place, self.suffixes, self.plainVietnameseSuffixes)
    }

    private func find(
        _ sentence: FoldedSentence,
        at place: Int,
        _ tries: [WordLanguage: PhraseTrie],
        _ plainVietnamese: PhraseTrie
    ) -> [(length: Int, meanings: [Meaning])] {
        let english = tries[.en]!.matches(sentence.plain[place...])
        let own: [(length: Int, meanings: [Meaning])] =
            switch sentence.language {
            case .en: []
            case .vi where !sentence.hasMarks: plainVietnamese.matches(sentence.plain[place...])
            case let language: tries[language]!.matches(sentence.marked[place...])
            }
        guard !own.isEmpty else { return english }
        var byLength: [Int: [Meaning]] = [:]
        for (length, meanings) in own + english { byLength[length, default: []] += meanings }
        return byLength.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
    }

    func concept(_ meaning: Meaning) -> Concept? {
        if case .concept(let index) = meaning { self.concepts[index] } else { nil }
    }

    /// The kind of product that a title in English names: the longest phrase before *for*. Of kinds that stand side by side, the last
    /// one is meant: a notebook mouse is a mouse. What a part's name follows is what the part is for: a notebook roller is no notebook.
    func type(ofTitle title: String) -> Concept? {
        let sentence = FoldedSentence(title)
        let text = sentence.plain
        var best: (length: Int, concept: Int)?
        var last: (end: Int, length: Int)?
        var place = 0
        while place < text.count, !text[place...].starts(with: Self.for) {
            guard place == 0 || !FoldedSentence.isWordPart(text[place - 1]),
                let found = self.type(in: sentence, at: place)
            else {
                place += 1
                continue
            }
            let isBeside = last.map { $0.end + 1 == place } ?? false
            let length = found.end - place + (isBeside ? last?.length ?? 0 : 0)
            if length >= best?.length ?? 0, !Self.isOwner(text[place...], until: found.end) {
                best = (length, found.concept)
            }
            last = (found.end, length)
            place = found.end
        }
        return best.map { self.concepts[$0.concept] }
    }

    private func type(in sentence: FoldedSentence, at place: Int) -> (concept: Int, end: Int)? {
        for match in self.types.matches(sentence.plain[place...]) {
            if let end = sentence.wordEnd(place + match.length), case .concept(let index)? = match.meanings.first {
                return (index, end)
            }
        }
        return nil
    }

    /// Whether a part of it is meant, or so many pieces: *6 pc(s)*.
    private static func isOwner(_ text: ArraySlice<UInt32>, until end: Int) -> Bool {
        let (name, rest) = (text[..<end], text[end...])
        if rest.starts(with: Self.pieces) { return name.elementsEqual(Self.piece) }
        guard rest.first == FoldedSentence.space else { return false }
        let next = rest.dropFirst().prefix(while: FoldedSentence.isWordPart)
        return Self.parts.contains(Array(next))
    }

    private static let parts = Set(
        ProductTypes.parts.bytewise.split(anyOf: " \n").map { $0.unicodeScalars.map(\.value) }
    )
    private static let piece = Array("pc".unicodeScalars.map(\.value))
    private static let pieces = Array("(s)".unicodeScalars.map(\.value))
    private static let `for` = Array(" for ".unicodeScalars.map(\.value))

    /// A projector lamp is a lamp, and whoever seeks a lamp may mean one: names that end alike.
    private static func kin(of kinds: [String]) -> [String: [String]] {
        let words = kinds.map { (kind: $0, bytes: Array($0.utf8), ending: Array(" \($0)".utf8)) }
        return Dictionary(
            words.map { own in
                let kin = words.filter { other in
                    own.bytes == other.bytes || own.bytes.suffix(other.ending.count).elementsEqual(other.ending)
                        || other.bytes.suffix(own.ending.count).elementsEqual(own.ending)
                }
                return (own.kind, kin.map(\.kind))
            }
        ) { first, _ in first }
    }

    /// The kinds that products may be of which are asked for by one.
    func kin(of kind: String) -> [String] { self.kin[kind] ?? [kind] }

    /// A kind of product by a form of its name in English.
    func type(named name: String) -> Concept? {
        let sentence = FoldedSentence(name)
        guard let match = self.types.matches(sentence.plain[...]).first, match.length == sentence.plain.count else {
            return nil
        }
        return match.meanings.first.flatMap { self.concept($0) }
    }
}
