/// What is indexed of a text.
struct Token: Equatable, Sendable {
    let text: String
    /// Beside a token at the same place: a code without its separators, a number without its unit, a single character.
    let isExtra: Bool
}

/// Cuts text into the tokens that are indexed. What a question becomes stands in `QueryWords`, and the two must agree.
enum Tokens {
    /// The tokens of a document's field, in order.
    static func of(_ text: String, _ kind: SearchField.Kind) -> [Token] {
        let lexemes = Lexemes(text)
        var tokens: [Token] = []
        tokens.reserveCapacity(lexemes.pieces.count)
        self.forEachGroup(lexemes) { group in
            switch group {
            case .unspaced(let range): self.appendGrams(lexemes[range], to: &tokens)
            case .measure(let number, let unit):
                let number = lexemes.text(number)
                tokens.append(Token(text: number + unit, isExtra: false))
                tokens.append(Token(text: number, isExtra: true))
            case .word(let range): self.append(lexemes, range, kind, to: &tokens)
            }
        }
        return tokens
    }

    private static func append(
        _ lexemes: Lexemes,
        _ range: Range<Int>,
        _ kind: SearchField.Kind,
        to tokens: inout [Token]
    ) {
        self.forEachWord(lexemes, range) { word in
            let text = self.text(lexemes, word, stemmed: kind == .text)
            if kind == .code || !StopWords.contains(lexemes[word]) { tokens.append(Token(text: text, isExtra: false)) }
        }
        guard let code = self.code(lexemes, range) else { return }
        tokens.append(Token(text: self.term(code, kind), isExtra: true))
    }

    /// As it stands in the index: the stem of a word, a name or a code whole.
    static func term(_ word: String, _ kind: SearchField.Kind = .text) -> String {
        guard kind == .text else { return word }
        var word = word
        let count = word.utf8.count
        return String(unsafeUninitializedCapacity: count) { buffer in
            word.withUTF8 { _ = buffer.update(from: $0) }
            return EnglishStem.shorten(buffer, count)
        }
    }

    /// How a text writes a term, the first time.
    static func form(of term: String, in text: String, _ kind: SearchField.Kind) -> String {
        let lexemes = Lexemes(text)
        var form: String?
        self.forEachGroup(lexemes) { group in
            guard form == nil, case .word(let range) = group else { return }
            self.forEachWord(lexemes, range) { word in
                guard form == nil, self.text(lexemes, word, stemmed: kind == .text) == term else { return }
                form = self.text(lexemes, word, stemmed: false)
            }
        }
        return form ?? term
    }

    /// Characters of a word as a term.
    private static func text(_ lexemes: Lexemes, _ range: Range<Int>, stemmed: Bool) -> String {
        let scalars = lexemes[range]
        guard scalars.allSatisfy({ $0 < 0x80 }) else {
            var text = String.UnicodeScalarView()
            for scalar in scalars { text.append(Unicode.Scalar(scalar) ?? " ") }
            return String(text)
        }
        return String(unsafeUninitializedCapacity: scalars.count) { buffer in
            var count = 0
            for scalar in scalars {
                buffer[count] = UInt8(truncatingIfNeeded: scalar)
                count += 1
            }
            return stemmed ? EnglishStem.shorten(buffer, count) : count
        }
    }

    // MARK: Groups

    /// Pieces that belong together.
    enum Group {
        /// Characters.
        case unspaced(Range<Int>)
        /// A number and the form of its unit that is indexed.
        case measure(Lexeme, String)
        /// Pieces that touch or are joined by `-./_`.
        case word(Range<Int>)
    }

    static func forEachGroup(_ lexemes: Lexemes, _ visit: (Group) -> Void) {
        let pieces = lexemes.pieces
        var start: Int?
        func end(_ index: Int) {
            if let first = start { visit(.word(first..<index)) }
            start = nil
        }
        var index = 0
        while index < pieces.count {
            let piece = pieces[index]
            if piece.gap == .space || piece.kind == .unspaced { end(index) }
            if piece.kind == .number, start == nil, index + 1 < pieces.count, let unit = self.unit(lexemes, index + 1) {
                visit(.measure(piece, unit.canonical))
                if let rest = unit.rest { visit(.unspaced(rest)) }
                index += 2
                continue
            }
            switch piece.kind {
            case .unspaced: visit(.unspaced(piece.range))
            case .word, .number: start = start ?? index
            case .inchMark: end(index)
            }
            index += 1
        }
        end(pieces.count)
    }

    /// The unit that a piece after a number is, if it is one.
    private static func unit(_ lexemes: Lexemes, _ index: Int) -> (canonical: String, rest: Range<Int>?)? {
        let piece = lexemes.pieces[index]
        switch piece.kind {
        case .inchMark: return ("inch", nil)
        case .number: return nil
        case .unspaced:
            guard piece.gap == .none else { return nil }
            for length in [3, 2, 1] where piece.range.count >= length {
                let end = piece.range.lowerBound + length
                let form = Lexeme(kind: .unspaced, gap: .none, range: piece.range.lowerBound..<end)
                guard let unit = Units.canonical[lexemes.text(form)] else { continue }
                return (unit, end < piece.range.upperBound ? end..<piece.range.upperBound : nil)
            }
            return nil
        case .word:
            guard piece.gap != .joiner, piece.range.count <= Units.lengthLimit else { return nil }
            let text = lexemes.text(piece)
            guard let unit = Units.canonical[text] else { return nil }
            // `16gb2` and `2w-x` are codes.
            if index + 1 < lexemes.pieces.count, lexemes.pieces[index + 1].gap != .space,
                lexemes.pieces[index + 1].kind != .unspaced
            {
                return nil
            }
            return piece.gap == .space && Units.touching.contains(text) ? nil : (unit, nil)
        }
    }

    /// The parts between the joiners, as characters; pieces that touch are one word.
    static func forEachWord(_ lexemes: Lexemes, _ range: Range<Int>, _ visit: (Range<Int>) -> Void) {
        var word = lexemes.pieces[range.lowerBound].range
        for index in range.dropFirst() {
            let piece = lexemes.pieces[index]
            // What is too long to be a word is cut.
            if piece.gap == .none, piece.range.upperBound - word.lowerBound <= Lexemes.lengthLimit {
                word = word.lowerBound..<piece.range.upperBound
            } else {
                visit(word)
                word = piece.range
            }
        }
        visit(word)
    }

    /// All parts without their joiners; nil where there are none.
    static func code(_ lexemes: Lexemes, _ range: Range<Int>) -> String? {
        guard range.dropFirst().contains(where: { lexemes.pieces[$0].gap == .joiner }) else { return nil }
        var text = String.UnicodeScalarView()
        for piece in lexemes.pieces[range] {
            for scalar in lexemes[piece.range] where scalar != 46 { text.append(Unicode.Scalar(scalar) ?? " ") }
        }
        return text.count <= Lexemes.lengthLimit ? String(text) : nil
    }

    // MARK: Scripts without spaces

    /// Each character, and with it the pair that it begins.
    private static func appendGrams(_ scalars: ArraySlice<UInt32>, to tokens: inout [Token]) {
        let letters = self.letters(scalars)
        for (index, letter) in letters.enumerated() {
            if index + 1 < letters.count { tokens.append(Token(text: letter + letters[index + 1], isExtra: false)) }
            tokens.append(Token(text: letter, isExtra: letters.count > 1))
        }
    }

    /// Characters with their marks; hiragana are written as katakana.
    static func letters(_ scalars: some Sequence<UInt32>) -> [String] {
        var letters: [String] = []
        for scalar in scalars {
            guard let value = Unicode.Scalar(Script.isHiragana(scalar) ? scalar + 0x60 : scalar) else { continue }
            if Script(scalar) == .mark, !letters.isEmpty {
                letters[letters.count - 1].unicodeScalars.append(value)
            } else {
                letters.append(String(value))
            }
        }
        return letters
    }
}
