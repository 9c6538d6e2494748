import Kernel
import Platform
import Web

struct RegisterInput: Input {
    let order: DeveloperService.SignUp

    init(_ read: inout InputReader) {
        let name = read.body("display_name", .string, "As you call yourself", .notBlank(), .line(), .atMost(100))
        let email = read.body("contact_email", .string, "Where you are reached", .notBlank(), .email)
        let password = read.body("password", .string, "10 to 200 characters", .password)
        let company = read.optionalBody("company", .string, "For whom you work", .line(canBeBlank: true), .atMost(200))
        let website = read.optionalWebAddressOrNone("website", "Your site")
        read.require((website?.utf8.count ?? 0) <= 500, "website", FieldRule("at_most", ["limit": "500"]))
        let metadata = read.optionalBody("metadata", .object, "Your own", .atMostBytes(4096), .nested(atMost: 8))
        let code = read.optionalBody("invite_code", .string, "A code that you were given", .atMost(100))
        self.order = DeveloperService.SignUp(
            displayName: name.trimmed,
            email: email,
            password: password,
            company: company?.trimmed ?? "",
            website: website ?? "",
            metadata: .object(metadata ?? [:]),
            inviteCode: code?.nonEmpty
        )
    }
}

struct LoginInput: Input {
    let email: String
    let password: String

    init(_ read: inout InputReader) {
        let own = read.optionalBody("contact_email", .string, "Your address", .notBlank(), .atMost(254))
        let alias = read.optionalBody("email", .string, "The same by another name", .notBlank(), .atMost(254))
        if own == nil, alias == nil { read.missing("contact_email", orAs: "email") }
        self.email = own ?? alias ?? ""
        self.password = read.body("password", .string, "Your password", .notBlank(), .atMost(200))
    }
}

struct PasswordChangeInput: Input {
    let present: String
    let next: String

    init(_ read: inout InputReader) {
        self.present = read.body("password", .string, "The present one", .notBlank(), .atMost(200))
        self.next = read.body("new_password", .string, "The new one: 10 to 200 characters", .password)
    }
}

struct InviteInput: Input {
    let code: String

    init(_ read: inout InputReader) {
        let own = read.optionalBody("invite_code", .string, "A code that you were given", .notBlank(), .atMost(100))
        let alias = read.optionalBody("code", .string, "The same by another name", .notBlank(), .atMost(100))
        if own == nil, alias == nil { read.missing("invite_code", orAs: "code") }
        self.code = own ?? alias ?? ""
    }
}

struct KeyInput: Input {
    let label: String?
    let scopes: [String]

    init(_ read: inout InputReader) {
        self.label =
            read.optionalBody("label", .string, "As you call it", .line(canBeBlank: true), .atMost(100))?.trimmed
            .nonEmpty
        let scopes = read.optionalBody(
            "scopes",
            .strings,
            "`commerce`, or `commerce:read` for a key that only reads",
            Rule(
                FieldRule("one_of", ["values": "commerce, commerce:read"]),
                schema: ["minItems": 1, "items": ["type": "string", "enum": ["commerce", "commerce:read"]]]
            ) { scopes in
                !scopes.isEmpty && Set(scopes).isSubset(of: ["commerce", "commerce:read"])
            }
        )
        self.scopes = (scopes ?? ["commerce"]).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

struct KeyPath: Input {
    let id: ID<APIKey>
    init(_ read: inout InputReader) { self.id = ID(read.path("keyId", "The key")) }
}

struct LabelInput: Input {
    let id: ID<APIKey>
    let label: String?

    init(_ read: inout InputReader) {
        self.id = ID(read.path("keyId", "The key"))
        self.label =
            read.nullableBody(
                "label",
                .string,
                "As you call it; null for nothing",
                .line(canBeBlank: true),
                .atMost(100)
            )?
            .trimmed.nonEmpty
    }
}

struct KeysInput: Input {
    let withDeleted: Bool

    init(_ read: inout InputReader) {
        self.withDeleted = read.query(
            "include_deleted",
            .boolean,
            default: false,
            json: false,
            "Also keys that were deleted"
        )
    }
}

extension Rule where Value == String {
    /// One `@` with something on both sides, a dot behind it, and no blanks.
    fileprivate static var email: Rule {
        Rule(FieldRule("email"), schema: ["format": "email", "maxLength": 254]) { text in
            let trimmed = text.trimmed
            let parts = trimmed.bytewise.split("@", keepsEmpty: true)
            return trimmed.unicodeScalars.count <= 254 && parts.count == 2 && !parts[0].isEmpty
                && parts[1].bytewise.contains(".") && !parts[1].bytewise.starts(with: ".")
                && !parts[1].bytewise.ends(with: ".")
                && trimmed.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && !$0.isInvisible }
        }
    }

    fileprivate static var password: Rule {
        let lengths = PasswordSignIn.lengths
        return Rule(
            FieldRule("password", ["low": "\(lengths.lowerBound)", "high": "\(lengths.upperBound)"]),
            schema: ["minLength": .int(lengths.lowerBound), "maxLength": .int(lengths.upperBound)]
        ) { lengths.contains($0.unicodeScalars.count) }
    }
}
