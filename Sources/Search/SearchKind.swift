/// What a surface finds: how its records are read, filtered, sorted and ranked.
package struct SearchKind: Sendable {
    /// `<surface>.<records>`: in the change log, in folders and in commands.
    package let name: String
    let fields: [SearchField]
    let columns: [SearchColumn]
    let ranking: SearchRanking
    /// Words that mean the same, as an operator writes them: `tv = television`.
    let synonyms: [String]

    package init(
        _ name: String,
        fields: [SearchField],
        columns: [SearchColumn] = [],
        ranking: SearchRanking = SearchRanking(),
        synonyms: [String] = []
    ) {
        self.name = name
        self.fields = fields
        self.columns = columns
        self.ranking = ranking
        self.synonyms = synonyms
    }

    /// Of everything that a file of the index depends on, beside the records: another text means another index.
    var layout: String {
        let fields = self.fields.map { "\($0.name):\($0.kind):\($0.weight):\($0.usualLength)" }
        let columns = self.columns.map { "\($0.name):\($0.kind)" }
        return (["11", self.name, self.ranking.layout] + fields + columns).joined(separator: " ")
    }

    /// On which a change is announced.
    var topic: String { "search.\(self.name)" }

    func index(of column: String) -> Int? { self.columns.firstIndex { $0.name == column } }
}

/// A text of a record.
package struct SearchField: Sendable {
    package let name: String
    let kind: Kind
    /// What a word counts here, against other fields.
    let weight: Double
    /// A text of so many words counts as it is; in a longer one, a word counts less.
    let usualLength: Double

    package enum Kind: Sendable {
        /// Words, by their stems.
        case text
        /// Names of people and things: words as they are.
        case name
        /// Codes and identifiers: every part counts, and the whole without its separators.
        case code
    }

    package init(_ name: String, _ kind: Kind = .text, weight: Double, usualLength: Double) {
        self.name = name
        self.kind = kind
        self.weight = weight
        self.usualLength = usualLength
    }
}

/// A fact of a record, for filters and sorting.
package struct SearchColumn: Sendable {
    package let name: String
    let kind: Kind

    package enum Kind: Sendable {
        /// One text of few, such as a state or a category.
        case exact
        /// Several texts, such as tags.
        case set
        /// A whole number, for ranges and sorting: an amount, a time.
        case number
        /// A text to sort by.
        case text
        /// A latitude and a longitude.
        case place

        var isSortable: Bool { self == .number || self == .text }
        var hasFacets: Bool { self == .exact || self == .set }
    }

    package init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// How matches are weighed. A surface takes these figures unless it has measured better ones.
package struct SearchRanking: Sendable {
    /// The more a word must be repeated to count.
    package var saturation = 0.9
    /// How much the length of a text matters, 0 to 1.
    package var lengthShare = 0.5
    /// For a record with all words in one field, as a share of what the words count.
    package var sameField = 0.05
    /// For two words that stand side by side as in the question, as a share of what the two count.
    package var neighbours = 0.1
    /// What a synonym counts of the word itself.
    package var synonym = 0.5
    /// What a word counts of which only the beginning was asked.
    package var prefix = 0.5
    /// What a word counts that differs by an edit, and by two.
    package var oneEdit = 0.6
    package var twoEdits = 0.4
    /// What the most favoured record gains, as a share of what the words count.
    package var boost = 0.1

    package init() {}

    var layout: String { "\(self.saturation) \(self.lengthShare)" }
}
