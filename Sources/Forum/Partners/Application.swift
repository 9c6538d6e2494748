import Kernel
import Platform
import Storage

/// What a platform has told of itself to become a partner.
struct Application: Sendable {
    /// Working days within which somebody answers.
    static let reviewDays = 5

    let partner: ID<Partner>
    let email: String
    let contactName: String
    let description: String
    let website: String?
    let expectedPosts: Int?
    let countries: [String]
    let submittedAt: Timestamp
    let dueAt: Timestamp
    let decidedAt: Timestamp?
    /// Of the decision.
    let reason: String
}

extension Application: RowDecodable {
    static let columns: StaticString = """
        partner_id, email, contact_name, description, website, expected_posts, countries, submitted_at, due_at,
        decided_at, reason
        """

    init(row: inout Row) throws {
        self.partner = try row.column()
        self.email = try row.column()
        self.contactName = try row.column()
        self.description = try row.column()
        self.website = try row.optional()
        self.expectedPosts = try row.optional(Int64.self).map { Int($0) }
        self.countries = try row.column(String.self).bytewise.split(" ").map(String.init)
        self.submittedAt = try row.column()
        self.dueAt = try row.column()
        self.decidedAt = try row.optional()
        self.reason = try row.column()
    }
}

/// What an applicant sends.
struct ApplicationOrder: Sendable {
    let name: String
    let domain: String
    let contactName: String
    let email: String
    let password: String
    let description: String
    let website: String?
    let expectedPosts: Int?
    let countries: [String]
    let payout: PayoutMethod?
}

/// Where a partner is paid.
struct PayoutMethod: Sendable {
    enum Kind: String, Sendable, CaseIterable, SQLConvertible { case iban, paypal }

    let kind: Kind
    /// Sealed where it is kept.
    let value: String

    /// What may be shown: `DE89 … 3000`.
    var mask: String {
        let plain = self.value.bytewise.replacing(" ", with: "")
        switch self.kind {
        case .iban: return "\(plain.prefix(4)) … \(plain.suffix(4))"
        case .paypal:
            let (name, host) = plain.bytewise.cut(at: "@")
            return "\(String(name).prefix(1))…@\(host.map(String.init) ?? "")"
        }
    }

    /// The check digits of an IBAN (ISO 13616), or an address of a PayPal account.
    var isValid: Bool {
        switch self.kind {
        case .paypal: return self.value.utf8.contains(UInt8(ascii: "@")) && (6...254).contains(self.value.utf8.count)
        case .iban:
            let plain = self.value.bytewise.replacing(" ", with: "").uppercased()
            guard (15...34).contains(plain.utf8.count), plain.utf8.allSatisfy({ $0.isLetter || $0.isDigit }) else {
                return false
            }
            let turned = Array(plain.utf8.dropFirst(4)) + Array(plain.utf8.prefix(4))
            let rest = turned.reduce(0) { sum, byte in
                byte.isDigit ? (sum * 10 + Int(byte) - 48) % 97 : (sum * 100 + Int(byte) - 55) % 97
            }
            return rest == 1
        }
    }
}
