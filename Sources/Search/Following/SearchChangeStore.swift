import Kernel
package import Storage

/// The numbered log of what has changed for a search. Every node follows it.
struct SearchChangeStore {
    let tx: Transaction

    struct Change: Sendable, RowDecodable {
        let number: Int64
        let record: String

        static let columns: StaticString = "number, record_id"

        init(row: inout Row) throws {
            self.number = try row.column()
            self.record = try row.column()
        }
    }

    func insert(_ kind: String, _ record: String) throws -> Int64 {
        try self.tx.insert(
            "INSERT INTO search_change (kind, record_id, changed_at) VALUES (\(kind), \(record), \(self.tx.now))",
            counting: "number"
        )
    }

    func insertLater(_ kind: String, _ record: String) throws {
        try self.tx.later(
            "INSERT INTO search_change (kind, record_id, changed_at) VALUES (\(kind), \(record), \(self.tx.now))"
        )
    }

    /// The newest number of all kinds; 0 where there is none.
    func lastNumber() throws -> Int64 { try self.tx.value("SELECT COALESCE(MAX(number), 0) FROM search_change") ?? 0 }

    func list(_ kind: String, after number: Int64, limit: Int) throws -> [Change] {
        try self.tx.rows(
            """
            SELECT \(raw: Change.columns) FROM search_change WHERE kind = \(kind) AND number > \(number)
            ORDER BY number LIMIT \(limit)
            """
        )
    }

    /// What says that a position belongs to this log; nil when the log no longer reaches back so far, or never came so far.
    func findMark(_ number: Int64) throws -> String? {
        if number == 0 {
            let first: Int64 = try self.tx.value("SELECT COALESCE(MIN(number), 1) FROM search_change") ?? 1
            return first == 1 ? "begin" : nil
        }
        return try self.tx.row("SELECT changed_at, record_id FROM search_change WHERE number = \(number)") { row in
            "\(try row.column(Int64.self)) \(try row.column(String.self))"
        }
    }

    /// Deletes what is older of the oldest ones, but always keeps the newest; how many that were.
    func prune(before time: Timestamp, limit: Int) throws -> Int {
        try self.tx.count(
            """
            DELETE FROM search_change WHERE number IN (
                SELECT number FROM (
                    SELECT number, changed_at FROM search_change
                    WHERE number < (SELECT MAX(number) FROM search_change) ORDER BY number LIMIT \(limit)
                ) AS oldest WHERE changed_at < \(time)
            )
            """
        )
    }

    // MARK: What operators set

    func listSynonyms(_ kind: String) throws -> [String] {
        try self.tx.rows("SELECT line FROM search_synonym WHERE kind = \(kind) ORDER BY line") { try $0.column() }
    }

    func insertSynonym(_ kind: String, _ line: String) throws {
        try self.tx.execute(
            """
            INSERT INTO search_synonym (kind, line, created_at) VALUES (\(kind), \(line), \(self.tx.now))
            ON CONFLICT (kind, line) DO NOTHING
            """
        )
    }

    func deleteSynonym(_ kind: String, _ line: String) throws -> Bool {
        try self.tx.count("DELETE FROM search_synonym WHERE kind = \(kind) AND line = \(line)") > 0
    }

    /// Asks every node to build its index anew.
    func askForRebuild(_ kind: String) throws {
        try self.tx.execute(
            """
            INSERT INTO search_rebuild (kind, number, asked_at, records, finished_number)
            VALUES (\(kind), 1, \(self.tx.now), 0, 0)
            ON CONFLICT (kind) DO UPDATE SET number = search_rebuild.number + 1, asked_at = excluded.asked_at, records = 0
            """
        )
    }

    /// Up to which of these the index was made anew.
    func finishedNumber(_ kind: String) throws -> Int64 {
        try self.tx.value("SELECT finished_number FROM search_rebuild WHERE kind = \(kind)") ?? 0
    }

    /// How often that was asked.
    func rebuildNumber(_ kind: String) throws -> Int64 {
        try self.tx.value("SELECT number FROM search_rebuild WHERE kind = \(kind)") ?? 0
    }
}

extension SearchChangeStore {
    /// Says how far a rebuild is.
    func note(_ kind: String, records: Int, finished number: Int64?) throws {
        try self.tx.execute(
            """
            UPDATE search_rebuild SET records = \(records), finished_number = COALESCE(\(number), finished_number)
            WHERE kind = \(kind)
            """
        )
    }

    func findRebuild(_ kind: String) throws -> (records: Int, isFinished: Bool)? {
        try self.tx.row("SELECT records, number, finished_number FROM search_rebuild WHERE kind = \(kind)") { row in
            let records = try row.column(Int.self)
            let number = try row.column(Int64.self)
            return (records, try row.column(Int64.self) >= number)
        }
    }
}

extension Transaction {
    var searchChanges: SearchChangeStore { SearchChangeStore(tx: self) }
}

extension Transaction {
    /// A record can be found as it is now, once this is committed.
    package func put(_ document: SearchDocument, in kind: SearchKind) throws {
        let number = try self.searchChanges.insert(kind.name, document.id)
        self.announce(kind.topic, NumberedChange(number: number, change: .put(document)))
    }

    /// A record can no longer be found, once this is committed.
    package func remove(_ id: String, from kind: SearchKind) throws {
        let number = try self.searchChanges.insert(kind.name, id)
        self.announce(kind.topic, NumberedChange(number: number, change: .remove(id)))
    }

    /// Something of a record has changed that may be found a moment later.
    package func touch(_ id: String, in kind: SearchKind) throws { try self.searchChanges.insertLater(kind.name, id) }
}
