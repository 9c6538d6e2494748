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
    private struct Process {
        let database: StagedDatabase
        let service: ProxyService
        let ledger: CallLedger
        let sweeper: CallSweeper
    }

    private typealias Tasks = ThrowingDiscardingTaskGroup<any Error>

    private let server: TestServer
    private let engine: Engine
    private let ids = IDGenerator.counting()
    private let stage = CallStage()
    private let world = SimulatedWorld()
    private let listings: [Listing]
    private let buyers: [Caller]
    private var random: SeededGenerator
    private var process: Process
    private var keys: [(key: String, listing: Listing, buyer: Caller)] = []
    private var deposits = 0

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
            var simulation = CallSimulation(server, engine, seed, found, callers)
            try await body(&simulation)
        }
    }

    private init(_ server: TestServer, _ engine: Engine, _ seed: UInt64, _ listings: [Listing], _ buyers: [Caller]) {
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
            send: { request, _, _ in try await world.answer(request, stage) },
            ledger: ledger,
            rails: Rails([], x402: nil, publicURL: "http://souk.test"),
            streams: streams,
            breaker: CircuitBreaker(),
            clock: server.clock.clock,
            metrics: Metrics()
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
    private mutating func step(_ tasks: inout Tasks) async throws {
        switch Int.random(in: 0..<1000, using: &self.random) {
        case 0..<2: await self.crash()
        case 2..<6: self.sweep(&tasks)
        case 6..<10: try await self.deposit()
        case 10..<15: await self.advanceClock(&tasks)
        case 15..<300 where self.stage.waits.count < 40: self.call(&tasks)
        default:
            let waits = self.stage.waits
            if waits.isEmpty { self.call(&tasks) } else { self.goOn(Int.random(in: 0..<waits.count, using: &self.random)) }
        }
        await self.stage.settle()
    }

    private mutating func goOn(_ index: Int) {
        let fails = self.stage.waits[index] != .commit && Int.random(in: 0..<8, using: &self.random) == 0
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

    private mutating func start(_ listing: Listing, _ buyer: Caller, _ key: String?, _ tasks: inout Tasks) {
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
        let (process, stage, world) = (self.process, self.stage, self.world)
        stage.begin()
        tasks.addTask {
            defer { stage.end() }
            guard let response = await Self.answer(process.service, call, world) else { return }
            // Otherwise the provider has broken off, the buyer has left, or the process has ended.
            guard (try? await response.body.write(SimulatedReader(stage: stage))) != nil else { return }
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

    private func sweep(_ tasks: inout Tasks) {
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
        self.process.database.die()
        while let wait = self.stage.waits.first {
            let commits = wait == .commit && Int.random(in: 0..<3, using: &self.random) == 0
            self.stage.release(0, commits ? .commitAndDie : .die)
            await self.stage.settle()
        }
        self.process = Self.process(self.server, self.engine, self.ids, self.stage, self.world)
    }

    // MARK: What must be true

    /// Nothing is under way any more, and what has expired is released.
    private mutating func drain(_ tasks: inout Tasks) async {
        for _ in 0..<3 {
            while !self.stage.waits.isEmpty {
                self.stage.release(0, .goOn)
                await self.stage.settle()
            }
            self.server.clock.advance(seconds: 600)
            self.sweep(&tasks)
            await self.stage.settle()
        }
        while !self.stage.waits.isEmpty {
            self.stage.release(0, .goOn)
            await self.stage.settle()
        }
    }

    /// While calls are under way: the sums are 0, and nobody has spent what is not there.
    private func checkBook() async throws {
        #expect(self.world.unexpected == [])
        let (differences, below) = try await self.server.house.database.read { tx in
            (
                try tx.ledger.verify().map { "\($0)" },
                try tx.value(
                    """
                    SELECT COUNT(*) FROM ledger_account
                    WHERE never_below_zero = 1 AND credits_posted - debits_posted - debits_pending < 0
                    """
                ) ?? 0
            )
        }
        #expect(differences == [])
        #expect(below == 0)
    }

    /// After ``drain(_:)``.
    private func checkEverything() async throws {
        try await self.checkBook()
        let records = try await self.records()
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
        let prices = Dictionary(uniqueKeysWithValues: self.listings.map { ($0.id.text, $0.price.amount.smallestUnits) })
        for record in records where record.outcome == "answered" {
            // Nothing is charged that was not answered, and no more than the price, once.
            #expect(self.world.hasAnswered(record.id), "\(record)")
            #expect(record.amount == (record.isFree ? 0 : prices[record.listing]), "\(record)")
        }
        for record in records { #expect(record.posted - record.reversed == record.amount, "\(record)") }
        for delivered in self.world.delivered {
            #expect(byID[delivered.usage]?.outcome == "answered", "\(delivered)")
        }
        let keyed = Dictionary(grouping: records.filter { $0.outcome == "answered" && $0.key != nil }) { $0.key }
        for (key, records) in keyed { #expect(records.count == 1, "\(key ?? "")") }
        try await self.checkHolds(records)
    }

    private func checkHolds(_ records: [Record]) async throws {
        for buyer in self.buyers {
            let account = try await self.server.house.database.read { try $0.ledger.find(.prepaid(buyer.identity)) }
            if let account { #expect(account.available == account.balance) }
            #expect(self.process.ledger.holds?.balances.held(of: .prepaid(buyer.identity)) ?? 0 == 0)
            for listing in self.listings where listing.freeTierCalls > 0 {
                let used = records.count { $0.isFree && $0.buyer == buyer.identity.text && $0.listing == listing.id.text }
                let counted = try await self.server.house.database.read {
                    try $0.freeTier.used(buyer: buyer.identity, listing: listing.id)
                }
                #expect(used == counted)
                #expect(used <= listing.freeTierCalls)
            }
        }
        let rows: [Int] = try await self.server.house.database.read { tx in
            [
                try tx.value("SELECT COUNT(*) FROM market_open_stream") ?? 0,
                try tx.value("SELECT COUNT(*) FROM market_free_hold") ?? 0,
            ]
        }
        #expect(rows == [0, 0])
    }

    /// A usage record with what the ledger has moved for it.
    private struct Record {
        let id: String
        let buyer: String
        let listing: String
        let amount: Int64
        let isFree: Bool
        let outcome: String
        let key: String?
        let posted: Int64
        let reversed: Int64
    }

    private func records() async throws -> [Record] {
        try await self.server.house.database.read { tx in
            try tx.rows(
                """
                SELECT u.id, u.buyer_id, u.listing_id, u.amount, u.is_free, u.outcome, u.idempotency_key,
                    COALESCE(t.posted_amount, 0), COALESCE(r.posted_amount, 0)
                FROM market_usage u
                LEFT JOIN ledger_transfer t ON t.reference = u.id
                LEFT JOIN ledger_transfer r ON r.reference = u.id || '.reversal'
                """
            ) { row in
                Record(
                    id: try row.column(),
                    buyer: try row.column(),
                    listing: try row.column(),
                    amount: try row.column(),
                    isFree: try row.column(),
                    outcome: try row.column(),
                    key: try row.optional(),
                    posted: try row.column(),
                    reversed: try row.column()
                )
            }
        }
    }

    var told: String {
        "\(self.world.delivered.count) delivered, \(self.world.answeredCount) answered, \(self.deposits) deposits"
    }
}

// MARK: - The world outside

/// Providers and buyers, and what they saw.
final class SimulatedWorld: Sendable {
    private struct Seen {
        /// Usage records whose provider has answered below 500.
        var answered: Set<String> = []
        /// What buyers got whole.
        var delivered: [(usage: String, key: String?)] = []
        var unexpected: [String] = []
        var failures = 0
    }

    private let seen = Mutex(Seen())
    private let destination: Destination

    init() {
        self.destination = Destination(
            address: try! SocketAddress(ipAddress: "192.0.2.1", port: 80),
            port: 80,
            authority: "provider.example",
            tls: nil,
            slots: ConnectionSlots(limit: 1)
        )
    }

    var unexpected: [String] { self.seen.withLock { $0.unexpected } }
    var delivered: [(usage: String, key: String?)] { self.seen.withLock { $0.delivered } }
    var answeredCount: Int { self.seen.withLock { $0.answered.count } }

    func hasAnswered(_ usage: String) -> Bool { self.seen.withLock { $0.answered.contains(usage) } }
    func deliver(_ usage: String, key: String?) { self.seen.withLock { $0.delivered.append((usage, key)) } }
    func note(_ error: any Error) { self.seen.withLock { $0.unexpected.append("\(error)") } }

    /// A provider that answers whole or in a stream, breaks off, fails, or says nothing in time.
    func answer(_ request: OutboundRequest, _ stage: CallStage) async throws -> OutboundResponse {
        let usage = request.headers.first(name: "X-ACF-Usage-Id") ?? ""
        let isStream = request.url.bytewise.ends(with: "/stream")
        let failure: Int?
        switch await stage.wait(for: .provider) {
        case .goOn: failure = nil
        case .fail:
            failure = self.seen.withLock { seen in
                seen.failures += 1
                return seen.failures % 4
            }
        case .die, .commitAndDie: throw CancellationError()
        }
        if failure == 0 { throw OutboundError.timeout }
        if failure == 1 { throw OutboundError.unreachable("the connection failed") }
        let exchange = Exchange(
            request,
            uri: "/",
            to: self.destination,
            deadline: .distantFuture,
            canRepeat: false,
            lease: nil
        )
        let status = failure == 2 ? 500 : self.seen.withLock { $0.answered.count % 5 == 0 ? 404 : 200 }
        let isBroken = failure == 3
        // A short answer that breaks off is none.
        if status < 500, isStream || !isBroken { self.seen.withLock { _ = $0.answered.insert(usage) } }
        exchange.receive(status: status, isStream ? [:] : ["Content-Length": "10"])
        _ = exchange.receive(ByteBuffer(string: "01234"))
        if !isBroken { _ = exchange.receive(ByteBuffer(string: "56789")) }
        exchange.end(isBroken ? .failure(OutboundError.unreachable("it broke off")) : .success(()))
        return OutboundResponse(
            status: status,
            headers: isStream ? [:] : ["Content-Length": "10"],
            body: OutboundBody(exchange)
        )
    }
}

/// A buyer who reads, and may leave before the end.
struct SimulatedReader: ResponseBodyWriter {
    struct Left: Error {}

    let stage: CallStage

    func write(_: ByteBuffer) async throws {
        switch await self.stage.wait(for: .reader) {
        case .goOn: break
        case .fail: throw Left()
        case .die, .commitAndDie: throw CancellationError()
        }
    }

    consuming func finish(_: HTTPFields?) async throws {}
}
