import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The log of changes: everybody's for admins, one's own for others.
struct ActivityRoutes: Sendable {
    static let tag = "Activity"

    let database: any Database
    let actors: ActorReader

    var endpoints: [Endpoint] { [Endpoint(.get, "/v1/activity", tag: Self.tag, self.list)] }

    struct ListInput: Input {
        let filter: ActivityFilter
        let page: ListPage

        init(_ read: inout InputReader) {
            var filter = ActivityFilter()
            filter.actorType = read.query(
                "actor_type",
                .string,
                "Who",
                .oneOf(ActivityEntry.ActorType.allCases.map(\.rawValue))
            )
            filter.actorID = read.query("actor_id", .string, "Who, by id", .atMost(255))
            filter.action = read.query("action", .string, "What, such as `agent.created`", .atMost(100))
            filter.entityType = read.query("entity_type", .string, "Of what", .atMost(100))
            filter.entityID = read.query("entity_id", .string, "Of what, by id", .atMost(600))
            filter.from = read.moment("from", "From this moment on")
            filter.to = read.moment("to", "Before this moment", isEnd: true)
            self.filter = filter
            self.page = ListPage(following: &read)
        }
    }

    var list: Operation<ListInput, ActivityList> {
        .acting("List changes, newest first", needs: .scope(.read), by: self.actors) { input, actor, _ in
            var filter = input.filter
            filter.user = actor.ownUser
            let settled = filter
            let listed = try await self.database.read { try $0.activity.list(of: actor.tenant.id, settled, input.page) }
            return ActivityList(
                logs: listed.items.map { ActivityOutput(entry: $0) },
                total: listed.total,
                page: input.page,
                next: listed.next
            )
        }
    }
}

extension InputReader {
    /// RFC 3339; a day alone is its beginning in UTC, and, as an end, the beginning of the next one.
    mutating func moment(_ name: String, _ summary: String, isEnd: Bool = false) -> Timestamp? {
        let text = self.query(
            name,
            .string,
            "\(summary) (RFC 3339, or a day of UTC)",
            Rule(FieldRule("moment", ["field": name]), schema: ["format": "date-time"]) { Timestamp(text: $0) != nil }
        )
        guard let text, let moment = Timestamp(text: text) else { return nil }
        return isEnd && text.utf8.count == 10 ? moment.adding(seconds: 86_400) : moment
    }
}

struct ActivityOutput: Answer {
    let entry: ActivityEntry

    static let members: [Member<Self>] = [
        Member("id", \.entry.id, "The entry"),
        Member("actor_type", \.entry.actorType.rawValue, "Who did it", example: "user"),
        Member("actor_id", \.entry.actorID, "Who, by id", example: "alice"),
        Member("action", \.entry.action, "What was done", example: "agent.created"),
        Member("entity_type", \.entry.entityType, "To what", example: "agent"),
        Member("entity_id", \.entry.entityID, "To what, by id"),
        Member("details", \.entry.details, "Names of what has changed; never values", example: ["fields": ["model"]]),
        Member("ip_address", \.entry.address, "From where", example: "203.0.113.7"),
        Member("request_id", \.entry.requestID, "In which request"),
        Member("created_at", { Moment($0.entry.createdAt) }, "When"),
    ]
}

struct ActivityList: Answer {
    let logs: [ActivityOutput]
    let total: Int
    let page: ListPage
    var next: Cursor?
    static let members: [Member<Self>] =
        [Member("logs", \.logs, "Newest first")] + Paged.members(total: \.total, page: \.page) + [Paged.next(\.next)]
}
