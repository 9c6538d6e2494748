import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import NIOCore
import NIOHTTP1
import Server
import ServerTestKit
import Storage
import Synchronization
import TestKit
import Testing

@testable import Market
@testable import Platform
@testable import Web

/// Calls through the real proxy, ledger and database. The order of commits, what providers and buyers do, the clock and crashes between
/// any two steps come from a seed.
struct CallSimulation {
    /// One process: its memory, and what stands between it and the database.
    struct Process {
        let database: StagedDatabase
        let service: ProxyService
        let ledger: CallLedger
        let sweeper: CallSweeper
    }

    typealias Tasks = ThrowingDiscardingTaskGroup<any Error>

    let server: TestServer
    let engine: Engine
    let ids = IDGenerator.counting()
    let stage = CallStage()
    let world: SimulatedWorld
    let listings: [Listing]
    let buyers: [Caller]
    var random: SeededGenerator
    var process: Process
    var keys: [(key: String, listing: Listing, buyer: Caller)] = []
    var deposits = 0
    var crashes = 0

    /// A market with three buyers, who have little, and services that are free, cheap, or free three times.
    static func open(
        seed: UInt64,
        engine: Engine,
        _ body: @escaping @Sendable (inout CallSimulation) async throws -> Void
    ) async throws {
        let server = try await TestServer(settings: [.limitsConnectionsPerAddress: "0"])
        try await server.test { client in
            let provider = try await server.key(MarketRole.provider, of: "provider")
            var listings: [ID<Listing>] = []
            for (price, free) in [("0.01", 0), ("0.03", 0), ("0.02", 3), ("0", 0)] {
                let made = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: [
                        "name": "x", "endpoint": "http://127.0.0.1:9/", "price_per_call": .string(price),
                        "free_tier_calls": .int(free), "payment_method": "paypal",
                    ]
                )
                listings.append(ID(made.json["id"]?.string ?? made.body))
            }
            var buyers: [String] = []
            for name in ["a", "b", "c"] {
                buyers.append(String(try await server.key(MarketRole.buyer, of: name).bytewise.cut(at: ":").before))
            }
            let (ids, names) = (listings, buyers)
            let (found, callers) = try await server.house.database.read { tx in
                (
                    try ids.map { try tx.listings.require($0) },
                    try names.compactMap { try tx.identities.find(credential: $0, surface: "market").map(Caller.init) }
                )
            }
            var simulation = CallSimulation(server, engine, seed, found, callers, try SimulatedWorld())
            try await body(&simulation)
        }
    }

    private init(
        _ server: TestServer,
        _ engine: Engine,
        _ seed: UInt64,
        _ listings: [Listing],
        _ buyers: [Caller],
        _ world: SimulatedWorld
    ) {
        self.world = world
        self.server = server
        self.engine = engine
        self.random = SeededGenerator(seed: seed)
        self.listings = listings
        self.buyers = buyers
        self.process = Self.process(server, engine, self.ids, self.stage, self.world)
    }

    private static func process(
        _ server: TestServer,
        _ engine: Engine,
        _ ids: IDGenerator,
        _ stage: CallStage,
        _ world: SimulatedWorld
    ) -> Process {
        let database = StagedDatabase(server.house.database, engine: engine, stage)
        let ledger = CallLedger(database: database, accounts: AccountCache())
        let streams = OpenStreams(database: database, ledger: ledger, ids: ids, logger: TestDatabases.quiet)
        let service = ProxyService(
            database: database,
            send: { request, seconds, _ in try await world.answer(request, within: seconds, server.clock.clock, stage)
            },
            ledger: ledger,
            rails: Rails([], x402: nil, publicURL: "http://souk.test"),
            streams: streams,
            breaker: CircuitBreaker(openSeconds: 60),
            clock: server.clock.clock,
            calls: [:]
        )
        let sweeper = CallSweeper(database: database, streams: streams, logger: TestDatabases.quiet)
        return Process(database: database, service: service, ledger: ledger, sweeper: sweeper)
    }

    // MARK: Steps

    mutating func run(steps: Int) async throws {
        try await withThrowingDiscardingTaskGroup { tasks in
            for step in 1...steps {
                try await self.step(&tasks)
                if step % max(1000, steps / 10) == 0 { try await self.checkBook() }
            }
            await self.drain(&tasks)
        }
        try await self.checkEverything()
    }

    /// One thing happens: a call begins, something that waits goes on, the process dies, or the world moves.
    mutating func step(_ tasks: inout Tasks) async throws {
        switch Int.random(in: 0..<1000, using: &self.random) {
        case 0..<2: await self.crash()
        case 2..<6: self.sweep(&tasks)
        case 6..<10: try await self.deposit()
        case 10..<15: await self.advanceClock(&tasks)
        case 15..<300 where self.stage.waits.count < 40: self.call(&tasks)
        default:
            let waits = self.stage.waits
            if waits.isEmpty { self.call(&tasks) } else { self.goOn(waits) }
        }
        await self.stage.settle()
    }

    private mutating func goOn(_ waits: [CallStage.Wait]) {
        let index = Int.random(in: 0..<waits.count, using: &self.random)
        let fails = waits[index] != .commit && Int.random(in: 0..<8, using: &self.random) == 0
        self.stage.release(index, fails ? .fail : .goOn)
    }

    private mutating func call(_ tasks: inout Tasks) {
        let listing = self.listings.randomElement(using: &self.random)!
        let buyer = self.buyers.randomElement(using: &self.random)!
        var key: String?
        switch Int.random(in: 0..<4, using: &self.random) {
        case 0:
            key = "key \(self.keys.count)"
            self.keys.append((key!, listing, buyer))
        case 1:
            // Again, as a client that has heard nothing, or does not trust what it heard.
            if let again = self.keys.suffix(30).randomElement(using: &self.random) {
                return self.start(again.listing, again.buyer, again.key, &tasks)
            }
        default: break
        }
        self.start(listing, buyer, key, &tasks)
    }

    private mutating func start(
        _ listing: Listing,
        _ buyer: Caller,
        _ key: String?,
        _ tasks: inout Tasks
    ) {
        let usage: ID<Usage> = self.ids.next()
        let context = AppContext(socketAddress: nil, watch: nil, logger: TestDatabases.quiet)
        let head = HTTPRequest(method: .get, scheme: "http", authority: "souk.test", path: "/")
        let call = ProxyCall(
            Call(request: Request(head: head, body: .init(buffer: ByteBuffer())), context: context),
            usage: usage,
            caller: buyer,
            listing: listing,
            target: self.random.next() % 3 == 0 ? "/stream" : "/whole",
            idempotencyKey: key,
            publicURL: "http://souk.test",
            startedAt: self.server.clock.clock.now()
        )
        let (process, stage, world, clock) = (self.process, self.stage, self.world, self.server.clock.clock)
        stage.begin()
        tasks.addTask {
            defer { stage.end() }
            guard let response = await Self.answer(process.service, call, world) else { return }
            let beganAt = clock.now()
            do { try await response.body.write(SimulatedReader(stage: stage)) } catch {
                // The provider has broken off, the buyer has left, or the process has ended.
                let hasLeft = error is SimulatedReader.Left || error is CancellationError
                if !hasLeft, clock.now().seconds(since: beganAt) < 5 { world.noteBroken(call.usage.text) }
                return
            }
            // A stream whose process ends before its end is written down is given back, although it may have been read whole.
            guard !process.database.hasDied else { return }
            if response.status.code < 500 { world.deliver(response.headers[.usageID] ?? "", key: key) }
        }
    }

    private static func answer(_ service: ProxyService, _ call: ProxyCall, _ world: SimulatedWorld) async -> Response? {
        do { return try await service.forward(call, .empty) } catch is StorageError {
            // The process has ended.
        } catch is CancellationError {
        } catch let problem as Problem where problem.kind != .internal {
            // It was refused.
        } catch { world.note(error) }
        return nil
    }

    /// A process that lives renews its streams before they count as lost.
    private mutating func advanceClock(_ tasks: inout Tasks) async {
        for _ in 0..<2 {
            while let index = self.stage.waits.firstIndex(of: .commit) {
                self.stage.release(index, .goOn)
                await self.stage.settle()
            }
            self.sweep(&tasks)
            await self.stage.settle()
        }
        self.server.clock.advance(seconds: Int64.random(in: 1...40, using: &self.random))
    }

    func sweep(_ tasks: inout Tasks) {
        let (process, stage) = (self.process, self.stage)
        stage.begin()
        tasks.addTask {
            defer { stage.end() }
            try? await process.sweeper.sweep()
        }
    }

    private mutating func deposit() async throws {
        let buyer = self.buyers.randomElement(using: &self.random)!
        self.deposits += 1
        let reference = TransferReference("credit:\(self.deposits)")
        let amount = Amount<USDC>(Int64.random(in: 100_000...900_000, using: &self.random))
        try await self.server.house.database.write { tx in
            let accounts = AccountCache()
            let from = try accounts.number(of: .house(.credits, .usdc), in: tx)
            let to = try accounts.number(of: .prepaid(buyer.identity), in: tx)
            let origin = Origin(kind: "credit", subject: "\(reference)", traceID: "", requestID: "")
            try tx.ledger.post(Posting(reference, from: from, to: to, amount: amount, origin: origin))
        }
    }

    /// All that the process has in memory is gone; some of its commits happen although nobody hears of them.
    private mutating func crash() async {
        self.crashes += 1
        self.process.database.die()
        while let wait = self.stage.waits.first {
            let commits = wait == .commit && Int.random(in: 0..<3, using: &self.random) == 0
            self.stage.release(0, commits ? .commitAndDie : .die)
            await self.stage.settle()
        }
        self.process = Self.process(self.server, self.engine, self.ids, self.stage, self.world)
    }
}
