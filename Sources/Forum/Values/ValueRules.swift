import Kernel
import Web

/// Rules of values that several inputs have.
extension Rule where Value == String {
    static var displayName: Rule {
        Rule(FieldRule("display_name"), schema: ["minLength": 2, "maxLength": 80]) {
            DisplayName.isName(DisplayName.tidied($0))
        }
    }

    static var username: Rule {
        Rule(FieldRule("username"), schema: ["pattern": .string(Username.pattern)]) { Username($0) != nil }
    }

    static var day: Rule {
        Rule(FieldRule("date"), schema: ["format": "date"]) { Day(text: $0) != nil }
    }

    /// Also plain http, which only hosts have that the operator allows.
    static var webhookAddress: Rule {
        Rule(FieldRule("https_address"), schema: ["format": "uri", "maxLength": .int(HTTPSAddress.bytes)]) { text in
            HTTPSAddress.isOwnAddress(text)
                || text.bytewise.dropping(prefix: "http://").map { HTTPSAddress.isOwnAddress("https://\($0)") } ?? false
        }
    }

    static var appeal: Rule { .length(20...2000, isTrimmed: true) }
}
