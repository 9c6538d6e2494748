import Kernel
import Platform
import Storage
import TestKit
import Testing

@Suite("Servers that share a database")
struct ServerRunTests {
    @Test("each shows itself, and counts as gone when it ends or is silent for a minute", arguments: Engine.available)
    func nodes(engine: Engine) async throws {
        let clock = TestClock()
        let database = try await TestDatabases.make(engine, clock: clock.clock)
        _ = try await database.migrate(PlatformSchema.migrations)
        let runs = ["a", "b"].map {
            ServerRun(id: $0, version: "1.2.3", database: database, logger: TestDatabases.quiet)
        }
        // On SQLite, a server that begins is alone.
        for run in engine == .postgres ? runs : [runs[0]] { try await run.begin() }
        let nodes = try await database.read { try $0.serverRuns.listNodes() }
        #expect(nodes.map(\.id) == (engine == .postgres ? ["a", "b"] : ["a"]))
        #expect(nodes.allSatisfy { $0.version == "1.2.3" && $0.process > 0 && !$0.host.isEmpty })
        await runs[0].end()
        #expect(try await database.read { try $0.serverRuns.listNodes().count } == nodes.count - 1)
        clock.advance(seconds: 61)
        #expect(try await database.read { try $0.serverRuns.listNodes().isEmpty })
        await database.close()
    }
}
