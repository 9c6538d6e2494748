import Kernel
import Platform
import TestKit
import Testing

/// `Outbound` against everything that no server should answer: every one is an answer or an error, in time, and the process lives.
@Suite("Hosts that misbehave")
struct HostileHostTests {
    @Test("end as an answer or an error", arguments: HostileHost.behaviours)
    func behaves(behaviour: HostileHost.Behaviour) async throws {
        try await HostileHost.serving(behaviour) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            // Twice, since what follows an answer waits for the next request of its connection.
            for attempt in 1...2 {
                let request = OutboundRequest(method: "POST", url: "http://127.0.0.1:\(port)/", body: Array("{}".utf8))
                do {
                    let answer = try await outbound.collect(
                        request,
                        // What answers does so at once; what does not is not waited for.
                        timeoutSeconds: behaviour.isAnswer ? 20 : 1,
                        limit: 64 * 1024
                    )
                    #expect(behaviour.isAnswer && (200...599).contains(answer.status), "\(behaviour) \(answer.status)")
                } catch let error as OutboundError {
                    // The second may meet the end of the first one's connection.
                    #expect(!behaviour.isAnswer || attempt == 2, "\(behaviour): \(error)")
                }
            }
            await outbound.close()
        }
    }

    @Test("a kept connection that has been closed meanwhile fails no GET")
    func shortLived() async throws {
        try await HostileHost.serving(.shortLived) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            for milliseconds in 0..<60 {
                let request = OutboundRequest(method: "GET", url: "http://127.0.0.1:\(port)/")
                let answer = try await outbound.collect(request, timeoutSeconds: 5, limit: 1024)
                #expect(answer.status == 200)
                // Around the moment at which it closes.
                try await Task.sleep(for: .microseconds(8000 + milliseconds * 100))
            }
            await outbound.close()
        }
    }

    @Test("a body without end is cut at its limit")
    func endless() async throws {
        let behaviour = HostileHost.Behaviour.endlessBody
        try await HostileHost.serving(behaviour) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            await #expect(throws: OutboundError.tooLarge) {
                _ = try await outbound.collect(
                    OutboundRequest(method: "GET", url: "http://127.0.0.1:\(port)/"),
                    timeoutSeconds: 5,
                    limit: 64 * 1024
                )
            }
            await outbound.close()
        }
    }

    @Test("an answer that stops is given up", arguments: [HostileHost.Behaviour.silence, .stalled])
    func silence(behaviour: HostileHost.Behaviour) async throws {
        try await HostileHost.serving(behaviour) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system, silenceSeconds: 1)
            await #expect(throws: OutboundError.timeout) {
                let request = OutboundRequest(method: "GET", url: "http://127.0.0.1:\(port)/")
                for try await _ in try await outbound.send(request, timeoutSeconds: 30).body {}
            }
            await outbound.close()
        }
    }

    @Test("a holder has its share of a host's connections and no more")
    func shares() async throws {
        try await HostileHost.serving(.silence) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            let send = { @Sendable (holder: String) in
                _ = try await outbound.send(
                    OutboundRequest(method: "GET", url: "http://127.0.0.1:\(port)/"),
                    timeoutSeconds: 1,
                    sharing: [.init(holder: holder, limit: 2)]
                )
            }
            await withTaskGroup(of: OutboundError?.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do { try await send("one") } catch { return error as? OutboundError }
                        return nil
                    }
                }
                let errors = await group.reduce(into: []) { $0.append($1) }
                #expect(errors.filter { $0 == .tooManyConnections }.count == 3)
                #expect(errors.filter { $0 == .timeout }.count == 2)
            }
            // What has ended is free again.
            await #expect(throws: OutboundError.timeout) { try await send("one") }
            await outbound.close()
        }
    }
}
