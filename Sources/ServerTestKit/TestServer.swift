import Foundation
package import HTTPTypes
import Hummingbird
import HummingbirdTesting
package import Kernel
import NIOCore
package import Platform
package import Server
package import Storage
package import TestKit
package import Web

/// A Souk with a fixed clock, fixed identifiers and its own database, without sockets of its own.
package struct TestServer: Sendable {
    package let house: House
    package let clock: TestClock
    private let directory: String

    /// A file with every table in it, made once for the process, of which each server gets a copy.
    private static let migrated = Task {
        let path = TestDatabases.temporaryPath("sqlite")
        let database = try SQLiteDatabase(path: path, durability: .process)
        _ = try await database.migrate(House.migrations)
        // The last connection to close leaves one file.
        await database.close()
        return path
    }

    /// - Parameters:
    ///   - settings: beside those that every test has: no address limit, and loopback allowed for the fakes.
    ///   - systemIDs: random identifiers instead of counted ones, for tests that run many requests at once.
    ///   - trace: is shown every statement; only on SQLite.
    package init(
        engine: Engine = .sqlite,
        settings: [Setting: String] = [:],
        sliceTypes: [any Slice.Type] = House.sliceTypes,
        clock: TestClock = TestClock(),
        usesSystemClock: Bool = false,
        systemIDs: Bool = false,
        trace: (@Sendable (String) -> Void)? = nil
    ) async throws {
        let directory = TestDatabases.temporaryPath("house")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let standard: [Setting: String] = [
            .dataDir: directory, .port: "0", .limitsAddressPerMinute: "0", .outboundAllow: "127.0.0.1",
        ]
        let configuration = try Configuration(
            flags: standard.merging(settings) { $1 },
            environment: [:],
            file: nil
        )
        let time = usesSystemClock ? WallClock.system : clock.clock
        let database: any Database
        switch engine {
        case .sqlite:
            try FileManager.default.copyItem(atPath: try await Self.migrated.value, toPath: configuration.database)
            database = try SQLiteDatabase(path: configuration.database, durability: .process, clock: time, trace: trace)
        case .postgres:
            database = try await TestDatabases.make(engine, clock: time)
        }
        _ = try await database.migrate(House.migrations(of: sliceTypes))
        self.directory = directory
        self.clock = clock
        self.house = try House(
            configuration,
            sliceTypes: sliceTypes,
            database: database,
            publicURL: "http://souk.test",
            sources: .init(clock: time, ids: systemIDs ? .system(now: time.now) : .counting()),
            logger: TestDatabases.quiet
        )
    }

    /// Runs the body with a client of the main listener, then closes everything.
    package func test<T: Sendable>(_ body: @escaping @Sendable (TestClient) async throws -> T) async throws -> T {
        try await self.house.prepare()
        try await self.house.openSearches()
        let application = Application(responder: self.house.mainResponder(), logger: TestDatabases.quiet)
        let watch = RefusalWatch(self.house)
        let result = try await application.test(.router) { client in
            try await body(TestClient(client: client, watch: watch))
        }
        await self.house.outbound.close()
        await self.house.database.close()
        try? FileManager.default.removeItem(atPath: self.directory)
        try watch.end()
        return result
    }

    /// Runs the body with the port of the main listener on a socket of its own, workers beside it, then closes everything.
    package func serving<T: Sendable>(
        limits: ConnectionLimits = ConnectionLimits(),
        _ body: @escaping @Sendable (_ port: Int) async throws -> T
    ) async throws -> T {
        let (started, continuation) = AsyncStream.makeStream(of: String.self)
        let server = Server(house: self.house, limits: limits) { continuation.yield($0) }
        let result = try await LocalHosting.run(server) {
            var iterator = started.makeAsyncIterator()
            let address = await iterator.next() ?? ""
            return try await body(URL(string: address)?.port ?? 0)
        }
        try? FileManager.default.removeItem(atPath: self.directory)
        return result
    }

    /// What `souk verify` would say.
    package func differences() async throws -> [String] {
        try await self.house.database.read { try self.house.verify(in: $0) }
    }

    /// What follows `Bearer ` for a new key of the role's surface, made at the console.
    package func key(_ role: some SurfaceRole, of owner: String, rateLimit: Int = 0) async throws -> String {
        let surface = type(of: role).surface
        guard let slice = self.house.slices.first(where: { type(of: $0).name == surface }) else {
            throw ConfigurationError("there is no surface \(surface)")
        }
        return try await slice.makeKey(role: role.role, owner: owner, rateLimit: rateLimit)["authorization"]?.string
            ?? ""
    }

    /// The slice of a type, for what only its own tests know of it.
    package func slice<S: Slice>(_: S.Type) -> S { self.house.slices.lazy.compactMap { $0 as? S }.first! }
}

/// Speaks HTTP to a test server.
package struct TestClient: Sendable {
    let client: any TestClientProtocol
    let watch: RefusalWatch

    package struct Answer: Sendable {
        package let status: Int
        package let headers: HTTPFields
        package let body: String

        /// What confirms a form that asks once more; nil when the answer does not ask.
        package var confirmation: String? {
            let (_, rest) = self.body.bytewise.cut(at: "name=\"confirmed\" value=\"")
            return rest.map { String($0.bytewise.cut(at: "\"").before) }
        }

        /// The body as JSON; null when it is none.
        package var json: JSONValue { (try? JSON.read(Array(self.body.utf8))) ?? .null }

        package func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { self.headers[$0] } }
    }

    package func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        key: String? = nil,
        headers: [String: String] = [:],
        json: JSONValue? = nil,
        body: String? = nil
    ) async throws -> Answer {
        var fields = HTTPFields()
        if let key { fields[.authorization] = "Bearer \(key)" }
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        let text = try json.map { try JSON.text($0) } ?? body
        let answer = try await self.client.execute(
            uri: path,
            method: method,
            headers: fields,
            body: text.map { ByteBuffer(string: $0) }
        ) { response in
            Answer(
                status: response.status.code,
                headers: response.headers,
                body: String(buffer: response.body)
            )
        }
        self.watch.check(method, path, text, answer)
        return answer
    }
}
