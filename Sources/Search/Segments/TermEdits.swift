extension TermTable {
    /// The terms that become a word by so many edits (a letter more, less or changed, or two that change places), and those that
    /// become a beginning of it, from which up to so many letters are cut.
    ///
    /// Rows of the distance are kept for what a term shares with the one before; where no ending can help, its whole beginning is skipped.
    func visit(within edits: Int, of word: [UInt8], cutting letters: Int = 0, _ visit: (Entry) -> Void) {
        var rows = EditRows(word, depth: word.count + edits)
        var valid = 0
        // Values of columns stand before all words.
        var cursor = self.cursor(from: [2])
        while cursor.advance() {
            guard let first = cursor.entry.term.first, first > 1 else { continue }
            valid = min(valid, cursor.shared)
            var failed: Int?
            while valid < cursor.entry.term.count, failed == nil {
                if valid == rows.depth {
                    failed = valid
                } else {
                    rows.fill(valid, cursor.entry.term)
                    valid += 1
                    // Letters that change places look two rows back.
                    if rows.least[valid] > edits, rows.least[valid - 1] + 1 > edits { failed = valid }
                }
            }
            if let failed {
                guard let next = rows.next(after: cursor.entry.term.prefix(failed), within: edits) else { return }
                valid = min(valid, next.count - 1)
                cursor.skip(to: next)
            } else if rows.distance(cursor.entry.term.count, cutting: letters) <= edits, cursor.entry.term != word {
                visit(cursor.entry)
            }
        }
    }
}

/// The distances between a word's beginnings and those of terms, one row for each letter of a term.
struct EditRows {
    private let word: [UInt8]
    let depth: Int
    private let width: Int
    private var cells: [UInt8]
    /// Of each row.
    private(set) var least: [Int]
    /// Those of the word, in order.
    private let letters: [UInt8]

    init(_ word: [UInt8], depth: Int) {
        self.word = Array(word.prefix(Lexemes.lengthLimit * 4 - 8))
        self.letters = Set(self.word).sorted()
        self.depth = depth
        self.width = self.word.count + 1
        self.cells = [UInt8](repeating: 0, count: (depth + 1) * self.width)
        self.least = [Int](repeating: 0, count: depth + 1)
        for column in 0..<self.width { self.cells[column] = UInt8(clamping: column) }
    }

    /// The lowest of the distances to the word and to its beginnings of at least three letters.
    func distance(_ row: Int, cutting letters: Int) -> Int {
        let first = min(self.word.count, max(3, self.word.count - letters))
        return Int((first...self.word.count).map { self.cells[row * self.width + $0] }.min() ?? .max)
    }

    /// The first beginning after all that begin so from which so many edits can lead to the word. Rows from its last letter on are
    /// no longer those of the old one.
    mutating func next(after beginning: ArraySlice<UInt8>, within edits: Int) -> [UInt8]? {
        var text = Array(beginning)
        while let last = text.last {
            let place = text.count - 1
            if self.least[place] < edits {
                if last < 255 { return text.dropLast() + [last + 1] }
            } else {
                for letter in self.letters where letter > last {
                    text[place] = letter
                    self.fill(place, text)
                    if self.least[place + 1] <= edits { return text }
                }
            }
            text.removeLast()
        }
        return nil
    }

    mutating func fill(_ place: Int, _ term: [UInt8]) {
        let letter = term[place]
        let (above, row) = (place * self.width, (place + 1) * self.width)
        var least = UInt8(clamping: place + 1)
        self.cells[row] = least
        for column in 1..<self.width {
            let changed = self.cells[above + column - 1] &+ (letter == self.word[column - 1] ? 0 : 1)
            var cost = min(changed, min(self.cells[above + column], self.cells[row + column - 1]) &+ 1)
            if place > 0, column > 1, letter == self.word[column - 2], term[place - 1] == self.word[column - 1] {
                cost = min(cost, self.cells[above - self.width + column - 2] &+ 1)
            }
            self.cells[row + column] = cost
            least = min(least, cost)
        }
        self.least[place + 1] = Int(least)
    }
}
