import Kernel
import Platform
import Storage
import Web

/// Sets caps, with their entries in the audit log.
struct KeyCaps {
    let tx: Transaction

    /// Whether the owner has such a key of the market, which works and is no password.
    func set(_ order: SetDailyCap, of owner: ID<Identity>, by actor: String, trace: Trace) throws -> Bool {
        guard try self.tx.identities.find(credential: order.id, surface: MarketContract.name) != nil,
            !LoginCredential.isOne(order.id),
            try self.tx.identities.update(dailyCap: order.cap?.money.micros, ofCredential: order.id, of: owner)
        else { return false }
        try self.tx.audit.record(
            actor: actor,
            action: "key.capped",
            subject: order.id,
            detail: order.cap.map { "\($0.text) USDC a day" } ?? "no cap",
            trace: trace
        )
        return true
    }
}

extension Transaction {
    var keyCaps: KeyCaps { KeyCaps(tx: self) }
}
