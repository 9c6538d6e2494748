import Kernel
import Storage
import Synchronization

/// Agents from memory, with their context files: every run begins with one.
final class AgentDirectory: Sendable {
    static let topic = "gateway_agent"

    /// What a run needs of an agent.
    struct Entry: Sendable {
        let agent: Agent
        /// The agent's own files.
        let files: [String: String]
        let link: Neighbours.NetworkLink?
    }

    private struct Key: Hashable {
        let tenant: ID<Tenant>
        /// Empty for the default one.
        let name: String
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(Self.topic) { [weak self] _ in
            self?.state.withLock { state in
                state.entries = [:]
                state.generation += 1
            }
        }
    }

    /// By id or key; with an empty name the default one. Nil where there is none.
    func find(_ name: String, of tenant: ID<Tenant>) async throws -> Entry? {
        let key = Key(tenant: tenant, name: name)
        let (known, generation) = self.state.withLock { ($0.entries[key], $0.generation) }
        if let known { return known }
        let found = try await self.database.read { tx -> Entry? in
            let agent = try name.isEmpty ? tx.agents.findDefault(of: tenant) : tx.agents.find(name, of: tenant)
            guard let agent else { return nil }
            return Entry(
                agent: agent,
                files: try tx.contextFiles.list(of: agent.id, user: ContextFile.agentsOwn),
                link: try tx.agents.findLink(of: agent.id)
            )
        }
        guard let found else { return nil }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= 10_000 { state.entries = [:] }
            state.entries[key] = found
        }
        return found
    }
}
