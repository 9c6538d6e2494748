import Kernel
import NIOCore

/// Reads server-sent events from bytes as they come: comments, CRLF, data of several lines.
struct EventStream: Sendable {
    /// Bytes of one event.
    static let limit = 4 * 1024 * 1024

    struct Event: Sendable, Equatable {
        /// Empty where the stream names none.
        var name = ""
        var data: [UInt8] = []
    }

    struct TooLong: Error {}

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var isAfterReturn = false

    /// The events that are complete with these bytes. Throws ``TooLong``.
    mutating func take(_ bytes: ByteBuffer) throws -> [Event] {
        var events: [Event] = []
        var rest = bytes.readableBytesView[...]
        while !rest.isEmpty {
            if self.isAfterReturn {
                self.isAfterReturn = false
                if rest.first == .lineFeed { rest = rest.dropFirst() }
                continue
            }
            guard let end = rest.firstIndex(where: { $0 == .lineFeed || $0 == .carriageReturn }) else {
                self.line += rest
                guard self.line.count + self.event.data.count <= Self.limit else { throw TooLong() }
                break
            }
            self.line += rest[..<end]
            guard self.line.count + self.event.data.count <= Self.limit else { throw TooLong() }
            self.isAfterReturn = rest[end] == .carriageReturn
            rest = rest[rest.index(after: end)...]
            if let event = self.endLine() { events.append(event) }
        }
        return events
    }

    /// What stands at the end without an empty line behind it.
    mutating func end() -> Event? {
        if !self.line.isEmpty { _ = self.endLine() }
        return self.dispatch()
    }

    private mutating func endLine() -> Event? {
        defer { self.line.removeAll(keepingCapacity: true) }
        guard !self.line.isEmpty else { return self.dispatch() }
        guard let colon = self.line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var value = self.line[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch colon {
        case 4 where self.line.starts(with: "data".utf8):
            if self.hasData { self.event.data.append(.lineFeed) }
            self.event.data += value
            self.hasData = true
        case 5 where self.line.starts(with: "event".utf8): self.event.name = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Event? {
        defer { (self.event, self.hasData) = (Event(), false) }
        return self.hasData ? self.event : nil
    }
}
