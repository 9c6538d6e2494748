import Foundation
import Kernel
import Platform
import Storage
import Synchronization
import Web

/// A feed whose file is open, between one commit and the next.
final class OpenFeed: Sendable {
    struct Line: Sendable {
        let number: Int
        /// What the file holds up to its end, in bytes, and the number of the line after it.
        let end: Int
        let next: Int
        let product: Result<FeedProduct, FeedRejection>
    }

    let reading: FeedReading
    private let records: Mutex<State>

    private struct State: ~Copyable {
        let records: FeedRecords
        let layout: FeedLayout
        let names: [String]
        /// What was read while something else was written.
        var ahead: Result<[Line], any Error>?
    }

    /// Goes to where the import is. Throws a `FileBytes.Failure`, and a `FeedRejection` for a head that cannot be read.
    init(_ found: CatalogImport, _ merchant: Merchant) throws {
        let path = found.options.path
        let first = try FeedRecords(try FileBytes(path: path, limits: .init()), delimiter: nil).next()
        let layout = FeedLayout(firstLine: first?.text ?? [])
        let delimiter: UInt8? = if case .table(let delimiter) = layout { delimiter } else { nil }
        let records = FeedRecords(try FileBytes(path: path, limits: .init()), delimiter: delimiter)
        var names: [String] = []
        if let delimiter { names = try Self.names(try records.next()?.text ?? [], delimiter) }
        if found.progress.offset > records.offset {
            try records.skip(to: found.progress.offset, line: found.progress.line)
        }
        self.reading = FeedReading(format: found.options.format, merchant: merchant, lexicon: .standard)
        self.records = Mutex(State(records: records, layout: layout, names: names))
    }

    private static func names(_ row: [UInt8], _ delimiter: UInt8) throws -> [String] {
        let text = String(decoding: row.starts(with: [0xEF, 0xBB, 0xBF]) ? row.dropFirst(3) : row[...], as: UTF8.self)
        let names = (CSV.rows(text, delimiter: delimiter)?.first ?? []).map {
            $0.trimmed.lowercased().bytewise.replacing(" ", with: "_")
        }
        guard names.count <= FeedRecord.columnLimit else { throw FeedRejection("", "too_many_columns") }
        return names
    }

    /// Up to so many lines; none at the end. Throws a `FileBytes.Failure`.
    func read(_ limit: Int) throws -> [Line] {
        try self.records.withLock { state in
            if let ahead = state.ahead {
                state.ahead = nil
                return try ahead.get()
            }
            return try self.read(limit, &state)
        }
    }

    /// Has the next `read` find its lines.
    func readAhead(_ limit: Int) async {
        self.records.withLock { state in state.ahead = Result { try self.read(limit, &state) } }
    }

    private func read(_ limit: Int, _ state: inout State) throws -> [Line] {
        var lines: [Line] = []
        while lines.count < limit, let record = try state.records.next() {
            let product: Result<FeedProduct, FeedRejection>
            do throws(FeedRejection) {
                product = .success(try self.product(record, state.layout, state.names))
            } catch { product = .failure(error) }
            lines.append(Line(number: record.line, end: record.end, next: state.records.line, product: product))
        }
        return lines
    }

    private func product(_ record: FeedRecords.Record, _ layout: FeedLayout, _ names: [String]) throws(FeedRejection)
        -> FeedProduct
    {
        guard let text = record.text else { throw FeedRejection("", "line_too_long") }
        do {
            let fields: FeedRecord
            switch layout {
            case .jsonLines: fields = try FeedRecord(json: text)
            case .table(let delimiter): fields = try FeedRecord(row: text, names: names, delimiter: delimiter)
            }
            return try self.reading.product(fields)
        } catch let rejection as FeedRejection { throw rejection } catch { throw FeedRejection("", "unreadable") }
    }
}

/// The feeds that this process has open.
final class OpenFeeds: Sendable {
    private let feeds = Mutex<[ID<CatalogImport>: OpenFeed]>([:])

    /// Throws `FileBytes.Failure.missing` where the file is not here.
    func feed(of found: CatalogImport, _ database: any Database) async throws -> OpenFeed {
        if let known = self.feeds.withLock({ $0[found.id] }) { return known }
        let merchant = try await database.read { try $0.merchants.require(found.merchant) }
        let feed = try OpenFeed(found, merchant)
        self.feeds.withLock { $0[found.id] = feed }
        return feed
    }

    func close(_ id: ID<CatalogImport>) { self.feeds.withLock { $0[id] = nil } }
}

extension CatalogImport {
    /// Whether this node can do it: the file is here, or is fetched.
    var canBeDone: Bool { self.isHere || self.options.url != nil }

    var isHere: Bool { FileManager.default.fileExists(atPath: self.options.path) }

    /// Of an upload, once it is not needed any more.
    func removeFile() {
        if self.options.isTemporary { try? FileManager.default.removeItem(atPath: self.options.path) }
    }
}
