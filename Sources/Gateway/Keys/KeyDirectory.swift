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

    private let keys: ReadCache<String, APIKey>
    private let used = Mutex<[ID<APIKey>: Timestamp]>([:])
    private let database: any Database
    private let clock: WallClock
    private let logger: Logger

    init(database: any Database, clock: WallClock, logger: Logger) {
        self.keys = ReadCache(keyed: Self.topic, of: database, limit: 100_000)
        (self.database, self.clock, self.logger) = (database, clock, logger)
    }

    /// Nil for a credential that stands beside no key, as the gateway token's.
    func find(credential: String) async throws -> APIKey? {
        guard let key = try await self.keys.find(credential, { try $0.apiKeys.find(credential: credential) }) else {
            return nil
        }
        let now = self.clock.now()
        self.used.withLock { $0[key.id] = now }
        return key
    }

    /// As a page greets whoever has the key; it is known when somebody has come in with it.
    func name(of credential: String) -> String { self.keys.peek(credential).map { $0.owner ?? $0.name } ?? "" }

    func run() async throws {
        await poll(everySeconds: Self.writeSeconds, else: "cannot write down when keys were used", self.logger) {
            let used = self.used.withLock { used in
                defer { used = [:] }
                return used
            }
            if !used.isEmpty { try await self.database.write { try $0.apiKeys.note(used) } }
        }
    }
}
