import Kernel
package import Logging

/// One JSON object a line on standard error.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String
    private let writer: LogWriter

    package init(label: String, level: Logger.Level, writer: LogWriter = .standardError) {
        self.label = label
        self.logLevel = level
        self.writer = writer
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    /// Warnings say the same when they differ only in the request that met them.
    package func log(event: LogEvent) {
        let now = WallClock.system.now()
        let metadata = self.metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
        let message = event.message.description
        let common: [String: JSONValue] = [
            "level": .string(event.level.rawValue), "message": .string(message), "logger": .string(self.label),
        ]
        let line = metadata.reduce(into: common) { $0[$1.key] = .string($1.value.description) }
        let isWarning = event.level >= .warning
        let telling = isWarning ? line.filter { !Self.ofRequests.contains($0.key) } : line
        let detail = JSON.text(of: .object(telling))
        self.writer.write(
            Self.bytes(line, at: now),
            key: "\(event.level.rawValue) \(message) \(detail)",
            at: now,
            summary: { count in
                Self.bytes(telling.merging(["repeated": .int(count)]) { $1 }, at: WallClock.system.now())
            }
        )
    }

    private static let ofRequests: Set<String> = ["request_id", "trace_id", "method", "path"]

    private static func bytes(_ line: [String: JSONValue], at now: Timestamp) -> [UInt8] {
        Array(JSON.text(of: .object(line).adding("time", .string(now.text))).utf8) + [.lineFeed]
    }
}
