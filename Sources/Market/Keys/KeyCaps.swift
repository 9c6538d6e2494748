import Kernel
import Platform
import Storage
import Web

/// Sets caps, with their entries in the audit log.
struct KeyCaps {
    let tx: Transaction

    /// Whether the owner has such a key of the market, which works and is no password.
    func set(_ cap: Amount<USDC>?, of id: String, owner: ID<Identity>, by caller: Caller, trace: Trace) throws -> Bool {
        guard try self.tx.identities.find(credential: id, surface: MarketContract.name) != nil,
            !LoginCredential.isOne(id),
            try self.tx.identities.update(dailyCap: cap?.money.micros, ofCredential: id, of: owner)
        else { return false }
        try self.tx.audit.record(
            actor: caller.credential,
            action: "key.capped",
            subject: id,
            detail: cap.map { "\($0.text) USDC a day" } ?? "no cap",
            trace: trace
        )
        return true
    }
}

extension Transaction {
    var keyCaps: KeyCaps { KeyCaps(tx: self) }
}
