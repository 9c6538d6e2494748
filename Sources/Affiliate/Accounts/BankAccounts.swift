import Kernel
import Platform
import Storage

/// Where publishers are paid: sealed, and shown to their owner with the last four characters alone.
struct BankAccounts: Sendable {
    let database: any Database
    let secrets: SecretBox

    struct Account: Codable, Sendable {
        let bank: String
        let number: String
        let holder: String
    }

    func set(_ account: Account, of caller: Caller, trace: Trace) async throws {
        let sealed = try self.secrets.seal(try JSON.encode(account), context: Self.context(caller.identity))
        try await self.database.write { tx in
            try tx.affiliateAccounts.update(caller.identity, sealedBankAccount: sealed)
            try tx.audit.record(
                actor: caller.credential,
                action: "bank_account.changed",
                subject: caller.identity.text,
                trace: trace
            )
        }
    }

    /// For its owner.
    func json(of id: ID<Identity>) async throws -> JSONValue {
        let (code, account) = try await self.find(id)
        return [
            "bank_code": .string(code), "bank_name": .string(account?.bank ?? ""),
            "account_number": .text(account.map { "…\($0.number.suffix(4))" }),
            "account_holder": .string(account?.holder ?? ""),
        ]
    }

    /// For whoever makes the transfer.
    func find(_ id: ID<Identity>) async throws -> (code: String, account: Account?) {
        let (code, sealed) = try await self.database.read { tx in
            (try tx.affiliateAccounts.require(id).bankCode, try tx.affiliateAccounts.findBankAccount(id))
        }
        guard let sealed else { return (code, nil) }
        return (code, try JSON.decode(from: try self.secrets.open(sealed, context: Self.context(id))))
    }

    private static func context(_ id: ID<Identity>) -> String { "bank account \(id.text)" }

    static let example: JSONValue = [
        "bank_code": "0001", "bank_name": "Example Bank, Shibuya", "account_number": "…4567",
        "account_holder": "Example KK",
    ]
}
