/// A piece of a text: a word or a number of a script with spaces, or a run of a script without.
struct Lexeme {
    enum Kind { case word, number, unspaced, inchMark }

    /// What stands between it and the piece before.
    enum Gap {
        /// Nothing: a number with letters, or another script.
        case none
        /// One of `-./_`, as in product codes.
        case joiner
        case space
    }

    let kind: Kind
    let gap: Gap
    /// Its characters among those of the text.
    let range: Range<Int>
}

/// A text in pieces.
struct Lexemes {
    /// Longer words are cut.
    static let lengthLimit = 64

    private(set) var pieces: [Lexeme] = []
    /// Of all pieces, without what stands between them.
    private(set) var scalars: [UInt32] = []

    private static let apostrophes: Set<UInt32> = [0x27, 0x2019]

    /// - Parameter limit: further pieces are left out.
    init(_ text: String, limit: Int = .max) {
        let folded = FoldedText(text).scalars
        self.scalars.reserveCapacity(folded.count)
        self.pieces.reserveCapacity(folded.count / 6 + 1)
        self.read(folded, limit)
    }

    subscript(range: Range<Int>) -> ArraySlice<UInt32> { self.scalars[range] }

    func text(_ pieces: some Sequence<Lexeme>) -> String {
        var text = String.UnicodeScalarView()
        for piece in pieces { for scalar in self.scalars[piece.range] { text.append(Unicode.Scalar(scalar) ?? " ") } }
        return String(text)
    }

    func text(_ piece: Lexeme) -> String { self.text(CollectionOfOne(piece)) }

    private mutating func read(_ folded: [UInt32], _ limit: Int) {
        var start = 0
        var kind = Lexeme.Kind.word
        var gap = Lexeme.Gap.space
        func end(_ lexemes: inout Lexemes) {
            guard lexemes.scalars.count > start else { return }
            lexemes.pieces.append(Lexeme(kind: kind, gap: gap, range: start..<lexemes.scalars.count))
            start = lexemes.scalars.count
            gap = .none
        }
        var index = 0
        while index < folded.count, self.pieces.count < limit {
            let scalar = folded[index]
            let script = Script(scalar)
            let length = self.scalars.count - start
            switch script {
            case .letter, .digit, .unspaced:
                let next: Lexeme.Kind = script == .letter ? .word : script == .digit ? .number : .unspaced
                if kind != next || length >= Self.lengthLimit {
                    end(&self)
                    kind = next
                }
                self.scalars.append(scalar)
            case .mark: if kind == .unspaced, length > 0, length < Self.lengthLimit { self.scalars.append(scalar) }
            case .other where length == 0: gap = .space
            case .other:
                let next = index + 1 < folded.count ? folded[index + 1] : 0
                if kind == .number, Self.continuesNumber(folded, index) {
                    if scalar == 46 { self.scalars.append(scalar) }
                } else if kind == .word, Self.apostrophes.contains(scalar), Script(next) == .letter {
                    break
                } else if kind == .word, self.isPartOfName(scalar, from: start, next) {
                    self.scalars.append(scalar)
                } else {
                    end(&self)
                    if scalar == 34, kind == .number {
                        self.pieces.append(Lexeme(kind: .inchMark, gap: .none, range: start..<start))
                        gap = .space
                    } else {
                        gap = Self.isJoiner(scalar) ? .joiner : .space
                    }
                }
            }
            index += 1
        }
        end(&self)
        if self.pieces.count > limit { self.pieces.removeLast(self.pieces.count - limit) }
    }

    private static func isJoiner(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2D, 0x2E, 0x2F, 0x5F, 0x2010, 0x2011: true
        default: false
        }
    }

    /// `43.9` and `1,000` are one number each.
    private static func continuesNumber(_ scalars: [UInt32], _ index: Int) -> Bool {
        func isDigit(_ place: Int) -> Bool { place < scalars.count && scalars[place] >= 48 && scalars[place] <= 57 }
        switch scalars[index] {
        case 46: return isDigit(index + 1)
        case 44: return isDigit(index + 1) && isDigit(index + 2) && isDigit(index + 3) && !isDigit(index + 4)
        default: return false
        }
    }

    /// `c++`, `c#`.
    private func isPartOfName(_ scalar: UInt32, from start: Int, _ next: UInt32) -> Bool {
        guard scalar == 35 || scalar == 43 else { return false }
        let word = self.scalars[start...]
        guard word.count <= 3, word.count(where: { $0 == 43 }) < 2 else { return false }
        return scalar == 35 ? Script(next) == .other : next == 43 || word.last == 43
    }
}
