import Kernel
import Platform
import Storage

extension ArchiveKind {
    /// Usage records by the day on which they were made, but for those that wait for something or that settlements name. Their sums stay,
    /// so that the figures can still be checked.
    static let usage = ArchiveKind("usage") { tx in
        try tx.row("SELECT MIN(id) FROM market_usage") { try $0.optional(ID<Usage>.self) }?.flatMap(\.madeAt)
    } list: { time, after, limit, tx in
        let bounds = (ID<Usage>.earliest(at: time.lowerBound), ID<Usage>.earliest(at: time.upperBound))
        return try Self.records.list(
            """
            id >= \(bounds.0) AND id < \(bounds.1) AND id > \(after?["id"]?.string ?? "")
                AND id NOT IN (SELECT usage_id FROM market_usage_pending)
                AND id NOT IN (SELECT usage_id FROM market_open_stream)
                AND id NOT IN (SELECT usage_id FROM market_settlement_deferral)
            ORDER BY id LIMIT \(limit)
            """,
            in: tx
        )
    } delete: { lines, tx in
        for line in lines where try Self.records.delete("id = \(SQLValue(line["id"] ?? .null))", in: tx) {
            try Self.add(line, calls: 1, in: tx)
        }
    } insert: { lines, tx in
        for line in lines where try Self.records.insert(line, in: tx) { try Self.add(line, calls: -1, in: tx) }
    }

    private static let records = ArchivedTable("market_usage", columns: Usage.columns)

    private static func add(_ line: JSONValue, calls: Int64, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO market_usage_archived (listing_id, provider_id, calls, revenue)
            VALUES (\(line["listing_id"]?.string ?? ""), \(line["provider_id"]?.string ?? ""), \(calls),
                \(calls * (line["amount"]?.integer ?? 0)))
            ON CONFLICT (listing_id) DO UPDATE SET calls = market_usage_archived.calls + excluded.calls,
                revenue = market_usage_archived.revenue + excluded.revenue
            """
        )
    }
}

extension ID<Usage> {
    /// Before every identifier that is made from the moment on.
    fileprivate static func earliest(at moment: Timestamp) -> Self {
        Self(UUIDv7(milliseconds: UInt64(max(0, moment.microseconds / 1000)), sequence: 0, random: 0).text)
    }

    /// To the millisecond; nil for what is no identifier of ours.
    fileprivate var madeAt: Timestamp? {
        let digits = self.text.utf8.filter { $0 != UInt8(ascii: "-") }.prefix(12)
        return Int64(String(decoding: digits, as: UTF8.self), radix: 16).map { Timestamp(microseconds: $0 * 1000) }
    }
}

extension Transaction {
    /// No call is charged later than so long after it began.
    private static let longestCallSeconds: Int64 = 3600

    /// Throws `usageArchived` when records of the time have left the database.
    func requireUsage(_ time: Range<Timestamp>) throws {
        // A record is of the day on which its call began, which may have been charged after midnight.
        let time = time.lowerBound.adding(seconds: -Self.longestCallSeconds)..<time.upperBound
        let missing = try self.archive.listMissing(ArchiveKind.usage.name, time)
        guard missing.isEmpty else { throw MarketProblems.usageArchived(days: Set(missing.map(\.dayText)).sorted()) }
    }

    /// The file that the usage record is in; nil when it is here, or nowhere.
    func archivedUsage(_ subject: String) throws -> String? {
        guard let day = ID<Usage>(subject).madeAt?.startOfDay, try self.usage.find(ID(subject)) == nil else {
            return nil
        }
        let files = try self.archive.list(ArchiveKind.usage.name, day: day).filter { $0.state != .writing }
        return files.isEmpty ? nil : files.map(\.path).joined(separator: ", ")
    }
}
