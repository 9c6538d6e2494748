import Kernel
import Web

/// Fields that several operations take.
extension InputReader {
    mutating func region() -> Region? {
        self.query("region", .string, "Where the shopper is: ISO 3166-1, two letters", .region).flatMap { Region($0) }
    }

    /// Nil where none was named.
    mutating func merchantFilter(_ summary: String) -> String? {
        self.query("merchant_id", .string, summary, .line(canBeBlank: true), .atMost(64))?.nonEmpty
    }

    mutating func channel() -> String? {
        self.query("channel", .string, "Where the shopper was met, such as cursor", .channel)
    }
}

extension Rule where Value == String {
    static var region: Rule {
        Rule(FieldRule("region"), schema: ["enum": .strings(Region.all)]) { Region($0) != nil }
    }

    static var channel: Rule {
        Rule(FieldRule("channel"), schema: ["pattern": "^[a-z0-9._-]{1,40}$"]) { text in
            (1...40).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (97...122).contains($0) || (48...57).contains($0) || "._-".utf8.contains($0)
                }
        }
    }
}
