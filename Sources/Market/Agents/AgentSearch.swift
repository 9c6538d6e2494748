import Kernel
import Search
import Storage

/// How active agents are found: by words of their name, or parts of their id.
enum AgentSearch {
    static let kind = SearchKind(
        "market.agents",
        fields: [
            SearchField("name", .name, weight: 2, usualLength: 3), SearchField("id", .code, weight: 1, usualLength: 5),
        ]
    )

    static let source = SearchSource(
        kind,
        load: { tx, ids in try tx.agents.list(ids.map { ID($0) }).compactMap(\.searchDocument) },
        page: { tx, after, limit in
            let agents = try tx.agents.list(after: after.map { ID($0) }, limit: limit)
            return .init(agents.compactMap(\.searchDocument), last: agents.last?.id.text)
        }
    )
}

extension Agent {
    /// Nil for an agent that cannot be found.
    var searchDocument: SearchDocument? {
        guard self.status == .active else { return nil }
        return SearchDocument(
            id: self.id.text,
            texts: [self.displayName, self.id.text],
            order: self.createdAt.microseconds
        )
    }
}
