import Kernel
import Web

/// A moment as this contract writes it.
struct Moment: Wire {
    let timestamp: Timestamp
    init(_ timestamp: Timestamp) { self.timestamp = timestamp }

    static let shape = Shape<Moment>(
        ["type": "string", "format": "date-time"],
        example: "2026-11-29T10:00:00.000000Z",
        show: { $1.moment($0.timestamp) }
    ) { $1.write($0.timestamp.zulu) }
}
