/// A record as searching sees it.
package struct SearchDocument: Sendable, Equatable {
    /// The record's identifier; at most 255 bytes.
    package let id: String
    /// In the order of the kind's fields.
    package let texts: [String]
    /// In the order of the kind's columns.
    package let values: [SearchValue]
    /// Among equals the higher comes first: usually when the record was made.
    package let order: Int64
    /// Stored facts that speak for the record, 0 to 255.
    package let boost: UInt8

    package init(id: String, texts: [String], values: [SearchValue] = [], order: Int64 = 0, boost: UInt8 = 0) {
        self.id = id
        self.texts = texts
        self.values = values
        self.order = order
        self.boost = boost
    }
}

/// What a record has in a column; the case must be the column's kind.
package enum SearchValue: Sendable, Equatable {
    case exact(String)
    case set([String])
    case number(Int64)
    case text(String)
    /// In millionths of a degree.
    case place(latitude: Int32, longitude: Int32)
    case noPlace
}
