package import Kernel

extension InputReader {
    /// A moment of the body.
    package mutating func moment(_ name: String, _ summary: String) -> Timestamp {
        let text = self.body(name, .string.describing(["format": "date-time"]), summary, .moment(name))
        return Timestamp(text: text) ?? Timestamp(microseconds: 0)
    }

    package mutating func optionalMoment(_ name: String, _ summary: String) -> Timestamp? {
        self.optionalBody(name, .string.describing(["format": "date-time"]), summary, .moment(name))
            .flatMap { Timestamp(text: $0) }
    }
}

extension Rule where Value == String {
    fileprivate static func moment(_ name: String) -> Rule {
        Rule(FieldRule("moment", ["field": name])) { Timestamp(text: $0) != nil }
    }
}
