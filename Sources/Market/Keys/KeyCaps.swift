import Kernel
import Platform
import Storage
import Web

/// Sets caps, with their entries in the audit log.
struct KeyCaps {
    let tx: Transaction

    /// Whether caps are for such a key: no other surface's spend the balance, and a password is no key.
    static func areFor(_ id: String, on surface: String) -> Bool {
        surface.bytewise.equals(MarketContract.name) && !LoginCredential.isOne(id)
    }

    /// Throws `cappedKey`, `ownCap`, then `keyNotFound` where the owner has no such key that works.
    func set(_ order: SetDailyCap, of owner: ID<Identity>, by caller: Caller, trace: Trace) throws {
        try Door.requireUncapped(caller)
        guard order.id != caller.credential || order.cap == nil else { throw MarketProblems.ownCap }
        guard try self.tx.identities.find(credential: order.id, surface: MarketContract.name) != nil,
            Self.areFor(order.id, on: MarketContract.name),
            try self.tx.identities.update(dailyCap: order.cap?.money.micros, ofCredential: order.id, of: owner)
        else { throw MarketProblems.keyNotFound }
        try self.tx.audit.record(
            actor: caller.credential,
            action: "key.capped",
            subject: order.id,
            detail: order.cap.map { "\($0.text) USDC a day" } ?? "no cap",
            trace: trace
        )
    }
}

extension Transaction {
    var keyCaps: KeyCaps { KeyCaps(tx: self) }
}
