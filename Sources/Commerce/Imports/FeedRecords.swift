import Kernel
import Platform

/// The records of a feed's file: a line of JSON, or a row of a table whose cells may have line breaks in quotes.
final class FeedRecords {
    /// A longer record is refused.
    static let recordLimit = 256 * 1024

    struct Record {
        /// From 1, by line breaks.
        let line: Int
        /// Nil for one that is too long.
        let text: [UInt8]?
        /// Where the next begins in what the file holds.
        let end: Int
    }

    private let bytes: FileBytes
    /// Of a table's cells; nil for lines without quotes.
    private let delimiter: UInt8?
    private var last: UInt8?
    private var isInQuotedCell = false
    private var piece: [UInt8] = []
    private var position = 0
    private(set) var offset = 0
    private(set) var line = 1

    /// - Parameter delimiter: of a table's cells, where a line break within quotes belongs to the record.
    init(_ bytes: FileBytes, delimiter: UInt8?) { (self.bytes, self.delimiter) = (bytes, delimiter) }

    /// Goes to where a record begins. Throws a `FileBytes.Failure`.
    func skip(to offset: Int, line: Int) throws {
        while self.offset + self.piece.count - self.position < offset {
            self.offset += self.piece.count - self.position
            guard let next = try self.bytes.next() else { return }
            (self.piece, self.position) = (next, 0)
        }
        self.position += offset - self.offset
        (self.offset, self.line) = (offset, line)
    }

    /// Nil at the end. Empty lines are no records. Throws a `FileBytes.Failure`.
    func next() throws -> Record? {
        var text: [UInt8] = []
        var (isQuoted, isTooLong) = (false, false)
        let start = self.line
        var first = start
        while true {
            if self.position == self.piece.count {
                guard let next = try self.bytes.next() else {
                    guard !text.isEmpty || isTooLong else { return nil }
                    return Record(line: first, text: isTooLong ? nil : text, end: self.offset)
                }
                (self.piece, self.position) = (next, 0)
            }
            let rest = self.piece[self.position...]
            guard let end = self.end(of: rest, &isQuoted) else {
                if !isTooLong { text += rest }
                self.offset += rest.count
                self.position = self.piece.count
                isTooLong = isTooLong || text.count > Self.recordLimit
                if isTooLong { text = [] }
                continue
            }
            if !isTooLong { text += rest[..<end] }
            self.offset += end + 1 - self.position
            self.position = end + 1
            self.line += 1
            if text.last == .carriageReturn { text.removeLast() }
            if text.isEmpty, !isTooLong {
                first = self.line
                continue
            }
            let fits = !isTooLong && text.count <= Self.recordLimit
            return Record(line: first, text: fits ? text : nil, end: self.offset)
        }
    }

    /// The line break that ends a record.
    private func end(of bytes: ArraySlice<UInt8>, _ isQuoted: inout Bool) -> Int? {
        guard let delimiter else { return bytes.firstIndex(of: .lineFeed) }
        for index in bytes.indices {
            let byte = bytes[index]
            // A quote opens a cell at its beginning alone: `27" monitor` has an inch.
            if byte == .quote,
                isQuoted || self.last == nil || self.last == delimiter || self.last == .quote && self.isInQuotedCell
            {
                isQuoted.toggle()
                self.isInQuotedCell = true
            } else if byte == delimiter, !isQuoted {
                self.isInQuotedCell = false
            } else if byte == .lineFeed {
                if !isQuoted {
                    (self.last, self.isInQuotedCell) = (nil, false)
                    return index
                }
                self.line += 1
            }
            self.last = byte
        }
        return nil
    }
}
