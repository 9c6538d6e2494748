import Kernel
import Platform
import Storage

/// An advertiser's token for postbacks: known by its hash, and kept sealed, since the integration guide shows it again.
struct PostbackTokens: Sendable {
    let database: any Database
    let secrets: SecretBox
    let ids: IDGenerator

    /// The advertiser's token; made when there is none.
    func find(of caller: Caller, trace: Trace) async throws -> String {
        let known = try await self.database.read { try $0.affiliateAccounts.findPostbackToken(caller.identity) }
        let sealed =
            if let known { known } else {
                try await self.put(self.ids.bytes(24).hex, of: caller, isNew: true, trace: trace)
            }
        return String(decoding: try self.secrets.open(sealed, context: Self.context(caller.identity)), as: UTF8.self)
    }

    /// A new one; the old one stops at once.
    func renew(of caller: Caller, trace: Trace) async throws -> String {
        let sealed = try await self.put(self.ids.bytes(24).hex, of: caller, isNew: false, trace: trace)
        return String(decoding: try self.secrets.open(sealed, context: Self.context(caller.identity)), as: UTF8.self)
    }

    /// The sealed token that the advertiser has afterwards; one that another request has made meanwhile stays.
    private func put(_ random: String, of caller: Caller, isNew: Bool, trace: Trace) async throws -> [UInt8] {
        let token = "pb_" + random
        let sealed = try self.secrets.seal(Array(token.utf8), context: Self.context(caller.identity))
        let hash = CredentialCache.hash(token)
        return try await self.database.write { tx in
            if isNew, let known = try tx.affiliateAccounts.findPostbackToken(caller.identity) { return known }
            try tx.affiliateAccounts.update(caller.identity, postbackHash: hash, sealedPostbackToken: sealed)
            try tx.audit.record(
                actor: caller.credential,
                action: "postback_token.renewed",
                subject: caller.identity.text,
                trace: trace
            )
            return sealed
        }
    }

    private static func context(_ id: ID<Identity>) -> String { "postback token \(id.text)" }
}
