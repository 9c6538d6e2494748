import Kernel
import Platform
import Web

/// A moment as this contract writes it: RFC 3339 in UTC with milliseconds, `2026-03-19T10:00:00.000Z`.
struct UTCMoment: Wire {
    let moment: Timestamp

    init(_ moment: Timestamp) { self.moment = moment }

    var text: String { "\(Substring(self.moment.text.utf8.prefix(23)))Z" }

    static let shape = Shape<UTCMoment>(
        ["type": "string", "format": "date-time"],
        example: "2026-03-19T10:00:00.000Z",
        show: { $1.moment($0.moment) }
    ) { $1.write($0.text) }
}

extension Timestamp {
    var utc: UTCMoment { UTCMoment(self) }
}
