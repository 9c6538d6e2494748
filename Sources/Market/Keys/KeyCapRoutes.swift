import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage
import Web

/// What keys may spend of the balance in a day.
struct KeyCapRoutes: Sendable {
    let database: any Database
    let clock: WallClock

    private static let path = "/api/v1/keys/{key_id}/daily-cap"

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.path, tag: "Authentication", self.get),
            Endpoint(.put, Self.path, tag: "Authentication", self.set),
        ]
    }

    var get: Operation<CredentialPath, KeyCap> {
        Operation("Get what one of my keys may spend in a day", access: .anyKey) { input, caller, _ in
            try await self.cap(of: input.id, caller)
        }
        .refusing(MarketProblems.keyNotFound)
    }

    var set: Operation<SetDailyCap, KeyCap> {
        Operation("Set what one of my keys may spend in a day", access: .anyKey, effect: .write) {
            input,
            caller,
            call in
            try await self.database.write { tx in
                try tx.keyCaps.set(input, of: caller.identity, by: caller, trace: call.trace)
            }
            return try await self.cap(of: input.id, caller)
        }
        .refusing(MarketProblems.cappedKey, MarketProblems.ownCap, MarketProblems.keyNotFound)
    }

    private func cap(of id: String, _ caller: Caller) async throws -> KeyCap {
        let today = KeyDay(id, self.clock.now())
        return try await self.database.read { tx in
            guard let key = try tx.identities.find(credential: id, surface: MarketContract.name),
                key.owner == caller.identity, !LoginCredential.isOne(id)
            else { throw MarketProblems.keyNotFound }
            return KeyCap(
                id: id,
                cap: key.dailyCap.map { Amount(micros: $0) },
                spent: Amount(micros: try tx.keySpend.spent(today))
            )
        }
    }
}

struct SetDailyCap: Input {
    let id: String
    let cap: Amount<USDC>?

    init(_ read: inout InputReader) {
        self.id = read.path("key_id", "The key")
        self.cap = read.nullableBody(
            "daily_cap",
            .string,
            "What the key may spend of the balance in a UTC day, in USDC; null for no cap",
            rules: AmountRules.amount
        ).flatMap { try? Amount<USDC>(decimal: $0) }
    }
}

struct KeyCap: ExampleAnswer {
    let id: String
    let cap: Amount<USDC>?
    let spent: Amount<USDC>

    static let members: [Member<Self>] = [
        Member("key_id", \.id, "The key"),
        Member("daily_cap", \.cap, "What it may spend of the balance in a UTC day; null for no cap", unit: "USDC"),
        Member("spent_today", \.spent, "What it has spent today, counted since it has a cap", unit: "USDC"),
    ]

    static let example = KeyCap(id: "acf_a1b2c3d4e5f6a7b8", cap: 5_000_000, spent: 1_250_000)
}
