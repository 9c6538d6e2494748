import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage
import Synchronization

/// Keys from memory, by their credentials; remembers when each was used, and writes that down now and then.
final class KeyDirectory: Service {
    static let topic = "gateway_key"
    /// Of revocations alone.
    static let revocations = "gateway_key_revoked"
    private static let writeSeconds: Int64 = 30

    private struct State {
        var keys: [String: APIKey] = [:]
        var used: [ID<APIKey>: Timestamp] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let clock: WallClock
    private let logger: Logger

    init(database: any Database, clock: WallClock, logger: Logger) {
        (self.database, self.clock, self.logger) = (database, clock, logger)
        database.invalidations.on(Self.topic) { [weak self] credential in
            self?.state.withLock { state in
                state.generation += 1
                if let credential { state.keys[credential] = nil } else { state.keys = [:] }
            }
        }
    }

    /// Nil for a credential that stands beside no key, as the gateway token's.
    func find(credential: String) async throws -> APIKey? {
        let now = self.clock.now()
        let (known, generation) = self.state.withLock { state in
            if let key = state.keys[credential] { state.used[key.id] = now }
            return (state.keys[credential], state.generation)
        }
        if let known { return known }
        guard let found = try await self.database.read({ try $0.apiKeys.find(credential: credential) }) else {
            return nil
        }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.keys.count >= 100_000 { state.keys = [:] }
            state.keys[credential] = found
            state.used[found.id] = now
        }
        return found
    }

    /// As a page greets whoever has the key; it is known when somebody has come in with it.
    func name(of credential: String) -> String {
        self.state.withLock { state in state.keys[credential].map { $0.owner ?? $0.name } ?? "" }
    }

    func run() async throws {
        await poll(everySeconds: Self.writeSeconds, else: "cannot write down when keys were used", self.logger) {
            let used = self.state.withLock { state in
                defer { state.used = [:] }
                return state.used
            }
            if !used.isEmpty { try await self.database.write { try $0.apiKeys.note(used) } }
        }
    }
}
