import Kernel
import Web

/// Rules of names that agents and people have alike.
extension Rule where Value == String {
    static var displayName: Rule {
        Rule(FieldRule("display_name"), schema: ["minLength": 2, "maxLength": 80]) {
            DisplayName.isName(DisplayName.tidied($0))
        }
    }

    static var username: Rule {
        Rule(FieldRule("username"), schema: ["pattern": .string(Username.pattern)]) { Username($0) != nil }
    }
}
