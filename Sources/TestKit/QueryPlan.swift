package import Storage

extension Database {
    /// SQLite's steps to do the statement, in their order.
    package func plan(of statement: String) async throws -> [String] {
        try await self.read { tx in
            try tx.rows(SQL(stringLiteral: "EXPLAIN QUERY PLAN \(statement)")) { row in
                _ = try (row.column(Int.self), row.column(Int.self), row.column(Int.self))
                return try row.column(String.self)
            }
        }
    }

    /// Where SQLite would read one of the tables whole to do the statement: the steps of its plan that do.
    package func wholeReads(_ statement: String, of tables: [String]) async throws -> [String] {
        try await self.plan(of: statement).filter { step in
            guard step.hasPrefix("SCAN "), !step.contains(" USING ") else { return false }
            let name = String(step.dropFirst(5).prefix { $0 != " " })
            // A table goes by its alias where the statement has given it one.
            return tables.contains { name == $0 || statement.contains("\($0) \(name) ") }
        }
    }
}
