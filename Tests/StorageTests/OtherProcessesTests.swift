import Storage
import Synchronization
import TestKit
import Testing

@Suite("Commits of other processes")
struct OtherProcessesTests {
    @Test("what another process commits makes every copy stale, and one's own commits do not")
    func noticed() async throws {
        let path = TestDatabases.temporaryPath("sqlite")
        let server = try SQLiteDatabase(path: path, durability: .process)
        try await server.write { try $0.executeSchema("CREATE TABLE t (x INTEGER)") }
        let stale = Mutex(0)
        server.invalidations.on("topic") { key in if key == nil { stale.withLock { $0 += 1 } } }
        try await server.noteOtherProcesses()
        try await server.write { try $0.executeSchema("INSERT INTO t VALUES (1)") }
        try await server.noteOtherProcesses()
        #expect(stale.withLock { $0 } == 0)
        // Another connection is to SQLite what another process is.
        let command = try SQLiteDatabase(path: path, durability: .process)
        try await command.write { try $0.executeSchema("INSERT INTO t VALUES (2)") }
        try await server.noteOtherProcesses()
        #expect(stale.withLock { $0 } == 1)
        try await server.noteOtherProcesses()
        #expect(stale.withLock { $0 } == 1)
        await command.close()
        await server.close()
    }
}
