import Kernel
import Platform
import Storage
import Web

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
    func output(of id: ID<Identity>) async throws -> BankAccountOutput {
        let (code, account) = try await self.find(id)
        return BankAccountOutput(code: code, account: account, number: account.map { "…\($0.number.suffix(4))" })
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
}

struct BankAccountOutput: Answer {
    let code: String
    let account: BankAccounts.Account?
    /// As much of it as whoever asks may see.
    let number: String?

    static let members: [Member<Self>] = [
        Member("bank_code", \.code, "The bank in the table of fees", example: "0001"),
        Member("bank_name", { $0.account?.bank ?? "" }, "Bank and branch", example: "Example Bank, Shibuya"),
        Member("account_number", \.number, "The account; its owner sees the end", example: "…4567"),
        Member("account_holder", { $0.account?.holder ?? "" }, "Whose account it is", example: "Example KK"),
    ]
}
