import Foundation
import Synchronization
import Testing

/// Who gets what, as it is written down: a line for each route, with the status that each caller gets. `make record` rewrites it.
struct AuthorisationTable: Sendable {
    /// From those who may least to those who may most, so that nobody finds the work of the one before.
    let callers: [String]
    private let file: URL
    private static let isRecording = ProcessInfo.processInfo.environment["SOUK_RECORD"] != nil
    /// The routes are asked side by side.
    private static let lock = Mutex(())

    init(_ name: String, callers: [String]) {
        self.callers = callers
        self.file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Contracts/\(name)")
    }

    func check(_ route: String, _ statuses: [Int]) throws {
        let line = ([route] + statuses.map(String.init)).joined(separator: "\t")
        guard Self.isRecording else {
            #expect(try self.read()[route] == line)
            return
        }
        try Self.lock.withLock { _ in
            var lines = try self.read()
            lines[route] = line
            try self.write(lines)
        }
    }

    /// Nothing is written down that is not there.
    func check(routes: [String]) throws {
        guard Self.isRecording else {
            #expect(try self.read().keys.sorted() == routes.sorted())
            return
        }
        try Self.lock.withLock { _ in try self.write(self.read().filter { routes.contains($0.key) }) }
    }

    private func read() throws -> [String: String] {
        let text = (try? String(contentsOf: self.file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().reduce(into: [:]) { lines, line in
            lines[String(line.prefix { $0 != "\t" })] = String(line)
        }
    }

    private func write(_ lines: [String: String]) throws {
        let head = (["route"] + self.callers).joined(separator: "\t")
        let text = ([head] + lines.sorted { $0.key < $1.key }.map(\.value)).joined(separator: "\n") + "\n"
        try text.write(to: self.file, atomically: true, encoding: .utf8)
    }
}
