import Crypto
package import Kernel
package import Storage

/// A code that somebody types in once: to choose a new password, or to show that a mail address is theirs.
///
/// 80 bits, so that it cannot be guessed. Only its SHA-256 is kept. It stands in no URL: addresses are logged and handed on.
package struct OneTimeCode: Sendable {
    /// `7K3M-Q9TW-0VXA-HB2C`
    package let text: String

    /// Digits and letters that are not taken for each other (Crockford's base 32).
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let length = 16

    package init(_ ids: IDGenerator) {
        let digits = ids.bytes(Self.length).map { Self.alphabet[Int($0 & 31)] }
        self.text = stride(from: 0, to: Self.length, by: 4)
            .map { String(decoding: digits[$0..<$0 + 4], as: UTF8.self) }.joined(separator: "-")
    }

    /// Of what was typed: spaces, dashes and small letters do not matter, and what looks alike is alike.
    static func hash(_ typed: String) -> String {
        let digits = typed.uppercased().utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "O"): UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
            default: Self.alphabet.contains(byte) ? byte : nil
            }
        }
        return SHA256.hash(data: digits).hex
    }
}

package struct OneTimeCodeStore {
    let tx: Transaction

    package enum Purpose: String, SQLConvertible, Sendable {
        case password, address
    }

    /// How long a code can be used.
    package static let validSeconds: Int64 = 3600

    /// Earlier ones to a password stay good until one is used: nobody else's asking ends them. Those to an address end, which may be another.
    package func insert(_ code: OneTimeCode, _ purpose: Purpose, of identity: ID<Identity>, surface: String) throws {
        if purpose == .address { try self.delete(purpose, of: identity, surface: surface) }
        try self.tx.execute("DELETE FROM one_time_code WHERE expires_at <= \(self.tx.now)")
        try self.tx.execute(
            """
            INSERT INTO one_time_code (code_hash, surface, identity_id, purpose, expires_at)
            VALUES (\(OneTimeCode.hash(code.text)), \(surface), \(identity), \(purpose),
                \(self.tx.now.adding(seconds: Self.validSeconds)))
            """
        )
    }

    /// Whose code it is; it works no more, and neither does any other of the same purpose. Nil for one that there is not, or not any more.
    package func take(_ typed: String, _ purpose: Purpose, surface: String) throws -> ID<Identity>? {
        let identity: ID<Identity>? = try self.tx.row(
            """
            DELETE FROM one_time_code
            WHERE code_hash = \(OneTimeCode.hash(typed)) AND surface = \(surface) AND purpose = \(purpose)
                AND expires_at > \(self.tx.now)
            RETURNING identity_id
            """
        ) { try $0.column() }
        if let identity { try self.delete(purpose, of: identity, surface: surface) }
        return identity
    }

    package func delete(_ purpose: Purpose, of identity: ID<Identity>, surface: String) throws {
        try self.tx.execute(
            """
            DELETE FROM one_time_code
            WHERE identity_id = \(identity) AND surface = \(surface) AND purpose = \(purpose)
            """
        )
    }
}

extension Transaction {
    package var oneTimeCodes: OneTimeCodeStore { OneTimeCodeStore(tx: self) }
}
