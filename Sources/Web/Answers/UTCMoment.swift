package import Kernel

/// A moment as some contracts write it: RFC 3339 in UTC with milliseconds, `2026-03-19T10:00:00.000Z`.
package struct UTCMoment: Wire {
    package let moment: Timestamp

    package init(_ moment: Timestamp) { self.moment = moment }

    package var text: String { "\(Substring(self.moment.text.utf8.prefix(23)))Z" }

    /// Without its milliseconds.
    package var secondsText: String { "\(Substring(self.moment.text.utf8.prefix(19)))Z" }

    package static let shape = Shape<UTCMoment>(
        ["type": "string", "format": "date-time"],
        example: "2026-03-19T10:00:00.000Z",
        show: { $1.moment($0.moment) }
    ) { $1.write($0.text) }
}

extension Timestamp {
    package var utc: UTCMoment { UTCMoment(self) }
}
