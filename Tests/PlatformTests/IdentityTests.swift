import Kernel
import Ledger
import Platform
import Storage
import TestKit
import Testing

@Suite("Identity, secrets and limits")
struct IdentityTests {
    private func database(_ engine: Engine) async throws -> any Database {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(LedgerSchema.migrations + PlatformSchema.migrations)
        return database
    }

    @Test("a revocation is effective with its answer, also for a cached key", arguments: Engine.available)
    func revocation(engine: Engine) async throws {
        let database = try await self.database(engine)
        let cache = CredentialCache(database: database)
        let owner = Identity(id: ID("acc_1"), name: "me", createdAt: TestClock.start)
        #expect(try await cache.find("k", surface: "market", secret: "s") == nil)
        try await database.write { tx in
            try tx.identities.insert(owner)
            try tx.identities.insert(
                Credential(
                    id: "k",
                    surface: "market",
                    owner: owner,
                    role: Role(name: "buyer"),
                    secretHash: CredentialCache.hash("s"),
                    rateLimit: 1,
                    walletAddress: nil,
                    createdAt: TestClock.start,
                    expiresAt: nil
                )
            )
        }
        for _ in 0..<2 { #expect(try await cache.find("k", surface: "market", secret: "s")?.ownerName == "me") }
        #expect(try await cache.find("k", surface: "market", secret: "S") == nil)
        #expect(try await cache.find("k", surface: "affiliate", secret: "s") == nil)
        #expect(try await database.write { try $0.identities.revoke(credential: "k", of: ID("acc_2")) } == false)
        #expect(try await database.write { try $0.identities.revoke(credential: "k", of: owner.id) })
        #expect(try await cache.find("k", surface: "market", secret: "s") == nil)
        await database.close()
    }

    @Test("a password verifies, another one does not, and neither does nonsense")
    func passwords() throws {
        let stored = try Password.hash("correct horse", ids: .counting())
        #expect(try Password.verify("correct horse", against: stored))
        #expect(try !Password.verify("correct horsf", against: stored))
        #expect(try !Password.verify("correct horse", against: "scrypt$x"))
        #expect(!stored.contains("correct"))
    }

    @Test("a sealed secret opens under its context and keys only, also after a rotation")
    func secrets() throws {
        let (old, new) = ([UInt8](0..<32), [UInt8](32..<64))
        let box = try SecretBox(key: old)
        let sealed = try box.seal(Array("secret".utf8), context: "a")
        #expect(try box.open(sealed, context: "a") == Array("secret".utf8))
        #expect(throws: SecretBox.Failure.cannotOpen) { try box.open(sealed, context: "b") }
        let rotated = try SecretBox(key: new, previous: [old])
        #expect(try rotated.open(sealed, context: "a") == Array("secret".utf8))
        #expect(!rotated.isCurrent(sealed))
        #expect(throws: SecretBox.Failure.cannotOpen) { try SecretBox(key: new).open(sealed, context: "a") }
        #expect(throws: SecretBox.Failure.cannotOpen) {
            try box.open(sealed.dropLast() + [sealed.last! ^ 1], context: "a")
        }
        #expect(throws: SecretBox.Failure.keyMustBe32Bytes) { try SecretBox(key: [1, 2, 3]) }
    }

    @Test("a bucket gives its burst, then refills steadily")
    func bucket() {
        let buckets = TokenBuckets(policy: "address", perMinute: 60, burst: 120)
        let start = TestClock.start
        #expect((0..<120).allSatisfy { _ in buckets.take("a", now: start).isAllowed })
        let refused = buckets.take("a", now: start)
        #expect(!refused.isAllowed)
        #expect(refused.resetSeconds == 1)
        #expect(buckets.take("b", now: start).isAllowed)
        #expect(buckets.take("a", now: start.adding(seconds: 1)).isAllowed)
        #expect(!buckets.take("a", now: start.adding(seconds: 1)).isAllowed)
    }

    @Test("a window allows its limit in any stretch of its length, to the microsecond")
    func window() {
        let windows = SlidingWindows(policy: "key", windowSeconds: 60)
        let start = TestClock.start
        #expect((0..<3).map { windows.take("k", limit: 3, now: start.adding(seconds: $0)).remaining } == [2, 1, 0])
        let refused = windows.take("k", limit: 3, now: start.adding(seconds: 10))
        #expect(!refused.isAllowed)
        #expect(refused.resetSeconds == 50)
        let edge = start.adding(seconds: 60)
        #expect(!windows.take("k", limit: 3, now: Timestamp(microseconds: edge.microseconds - 1)).isAllowed)
        #expect(windows.take("k", limit: 3, now: edge).isAllowed)
        #expect(!windows.take("k", limit: 3, now: edge).isAllowed)
    }

    @Test(
        "an idempotency key is started once, then running, then replayed; another request is a mismatch",
        arguments: Engine.available
    )
    func idempotency(engine: Engine) async throws {
        let clock = TestClock()
        let database = try await TestDatabases.make(engine, clock: clock.clock)
        _ = try await database.migrate(PlatformSchema.migrations)
        let begin = { (print: [UInt8], holder: String) in
            let key = IdempotencyKey(scope: "s", key: "k", holder: holder)
            return try await database.write { try $0.idempotency.begin(key, fingerprint: print, holdSeconds: 90) }
        }
        let answer = IdempotencyStore.Answer(status: 200, headers: [["A", "b"]], body: [1, 2])
        #expect(try await begin([1], "first") == .started)
        #expect(try await begin([1], "other") == .running)
        #expect(try await begin([2], "other") == .mismatch)
        clock.advance(seconds: 90)
        #expect(try await begin([1], "second") == .started)
        // The first request took too long: the key is no longer its own.
        let lost = IdempotencyKey(scope: "s", key: "k", holder: "first")
        try await database.write { tx in
            try tx.idempotency.finish(lost, .init(status: 500, headers: [], body: nil))
            try tx.idempotency.forget(lost)
        }
        #expect(try await begin([1], "other") == .running)
        try await database.write {
            try $0.idempotency.finish(IdempotencyKey(scope: "s", key: "k", holder: "second"), answer)
        }
        clock.advance(seconds: 3600)
        #expect(try await begin([1], "third") == .replay(answer))
        clock.advance(seconds: IdempotencyStore.lifetimeSeconds)
        #expect(try await begin([2], "third") == .started)
        await database.close()
    }

    @Test("a well-formed traceparent is taken over, anything else begins a trace")
    func trace() {
        let ids = IDGenerator.counting()
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        #expect(Trace.begin(traceparent: given, ids: ids).traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        for bad in [
            "", "x", "ff" + given.dropFirst(2), given.uppercased(),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        ] {
            let trace = Trace.begin(traceparent: bad, ids: ids)
            #expect(trace.traceID == trace.requestID.replacing("-", with: ""))
        }
    }
}
