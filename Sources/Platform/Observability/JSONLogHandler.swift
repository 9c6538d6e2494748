import Foundation
import Kernel
package import Logging

/// One JSON object a line on standard error.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String

    package init(label: String, level: Logger.Level) {
        self.label = label
        self.logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line: [String: JSONValue] = [
            "time": .string(WallClock.system.now().text),
            "level": .string(event.level.rawValue),
            "message": .string(event.message.description),
            "logger": .string(self.label),
        ]
        for (key, value) in self.metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            line[key] = .string(value.description)
        }
        guard let bytes = try? JSON.encode(line) else { return }
        FileHandle.standardError.write(Data(bytes + [UInt8(ascii: "\n")]))
    }
}
