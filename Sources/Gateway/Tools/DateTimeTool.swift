import Foundation
import Kernel

/// What time it is.
struct DateTimeTool: Sendable {
    let clock: WallClock

    var tool: Tool {
        Tool(
            "datetime",
            "Tell the present date and time.",
            .read,
            group: "time",
            parameters: Tool.schema([
                "zone": ["type": "string", "description": "A time zone such as Asia/Tokyo; UTC without it"]
            ])
        ) { input in
            let name = input.text("zone") ?? "UTC"
            guard let zone = TimeZone(identifier: name) else { return .error("There is no time zone '\(name)'.") }
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = zone
            format.dateFormat = "yyyy-MM-dd'T'HH:mm:ssxxx, EEEE"
            let now = Date(timeIntervalSince1970: Double(self.clock.now().microseconds) / 1_000_000)
            return ToolResult("\(format.string(from: now)) (\(name))")
        }
    }
}
