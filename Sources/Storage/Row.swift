/// One row of a result, valid only while it is visited. Columns are read in the order in which they are selected.
package struct Row {
    private let source: any RowSource
    private var next: Int32 = 0

    init(source: any RowSource) { self.source = source }

    package mutating func column<T: SQLConvertible>(_: T.Type = T.self) throws -> T {
        defer { self.next += 1 }
        return try T(sqlValue: self.source.value(at: self.next))
    }

    package mutating func optional<T: SQLConvertible>(_: T.Type = T.self) throws -> T? {
        defer { self.next += 1 }
        let value = self.source.value(at: self.next)
        return value == .null ? nil : try T(sqlValue: value)
    }
}

/// Where an engine keeps the columns of the row that it stands on.
protocol RowSource {
    func value(at column: Int32) -> SQLValue
}

/// A value that is read from a row, with the columns that it reads.
package protocol RowDecodable {
    static var columns: StaticString { get }
    init(row: inout Row) throws
}
