import Kernel
import Storage

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

    private let entries: ReadCache<Key, Entry>

    init(database: any Database) { self.entries = ReadCache(Self.topic, of: database, limit: 10_000) }

    /// By id or key; with an empty name the default one. Nil where there is none.
    func find(_ name: String, of tenant: ID<Tenant>) async throws -> Entry? {
        try await self.entries.find(Key(tenant: tenant, name: name)) { tx in
            let agent = try name.isEmpty ? tx.agents.findDefault(of: tenant) : tx.agents.find(name, of: tenant)
            guard let agent else { return nil }
            return Entry(
                agent: agent,
                files: try tx.contextFiles.list(of: agent.id, user: ContextFile.agentsOwn),
                link: try tx.agents.findLink(of: agent.id)
            )
        }
    }
}
