extension SearchKind {
    /// Longer values of columns are told apart, and sorted, by their beginning.
    private static let valueLimit = 480

    /// A column's value as a term: no word begins so.
    static func valueTerm(_ column: Int, _ value: String) -> String {
        var term = "\u{1}\(Unicode.Scalar(UInt8(column + 1)))"
        guard value.utf8.count > Self.valueLimit else { return term + value }
        for scalar in value.unicodeScalars where term.utf8.count < Self.valueLimit {
            term.unicodeScalars.append(scalar)
        }
        return term
    }

    /// The terms of what a record has in a column, each once.
    static func valueTerms(_ column: Int, _ value: SearchValue) -> [String] {
        switch value {
        case .exact(let text), .text(let text): [self.valueTerm(column, text)]
        case .set(let texts): Array(Set(texts.map { self.valueTerm(column, $0) }))
        case .number, .place, .noPlace: []
        }
    }
}
