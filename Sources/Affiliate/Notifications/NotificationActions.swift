import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct NotificationActions: Sendable {
    let database: any Database

    var actions: [Action] {
        [
            Action(
                "publisher.notifications_list",
                "Your notifications, newest first",
                .publisher,
                example: JSONValue.object(Paging.example).adding([
                    "notifications": [NoticeOutput.example], "unread_count": 1,
                ]),
                optional: ["read_at"],
                self.list
            ),
            Action(
                "publisher.notifications_read",
                "Mark a notification as read, or all of them",
                .publisher,
                .write,
                example: ["updated": 1],
                self.read
            ),
        ]
    }

    /// The same for those whom the contract's actions leave out.
    var endpoints: [Endpoint] {
        let example = JSONValue.object(Paging.example).adding([
            "notifications": [NoticeOutput.example], "unread_count": 1,
        ])
        return [
            .affiliate(
                .get,
                "/api/v1/notifications",
                "List my notifications",
                tag: "Account",
                for: nil,
                example: example,
                optional: ["read_at"]
            ) {
                (input: QueryInput, caller: Caller, _) in
                try await self.list(of: caller, unreadOnly: false, input.paging.limit, input.paging.offset) {
                    input.paging.json(total: $0)
                }
            },
            .affiliate(
                .post,
                "/api/v1/notifications/read",
                "Mark all my notifications as read",
                tag: "Account",
                for: nil,
                example: ["updated": 1]
            ) {
                (_: NoInput, caller: Caller, _) in
                let person = caller.identity
                return ["updated": .int(try await self.database.write { try $0.notices.read(nil, of: person) })]
            },
        ]
    }

    private struct QueryInput: Input {
        let paging: Paging
        init(_ read: inout InputReader) { self.paging = Paging(query: &read) }
    }

    private struct ListInput: Input {
        let unreadOnly: Bool
        let paging: Paging

        init(_ read: inout InputReader) {
            self.unreadOnly = read.body(
                "unread_only",
                .boolean,
                default: false,
                json: false,
                "Unread notifications only"
            )
            self.paging = Paging(&read)
        }
    }

    private struct ReadInput: Input {
        let id: Int64?

        init(_ read: inout InputReader) {
            self.id = read.optionalBody("notification_id", .integer, "Notification ID (omit to mark all as read)").map {
                Int64($0)
            }
        }
    }

    @Sendable private func list(_ input: ListInput, _ caller: Caller, _: Call) async throws -> JSONValue {
        try await self.list(of: caller, unreadOnly: input.unreadOnly, input.paging.limit, input.paging.offset) {
            input.paging.json(total: $0)
        }
    }

    private func list(
        of caller: Caller,
        unreadOnly: Bool,
        _ limit: Int,
        _ offset: Int,
        paging: @escaping @Sendable (Int) -> [String: JSONValue]
    ) async throws -> JSONValue {
        let person = caller.identity
        return try await self.database.read { tx in
            let (notices, total, unread) = try tx.notices.list(
                of: person,
                unreadOnly: unreadOnly,
                limit: limit,
                offset: offset
            )
            return JSONValue.object(paging(total)).adding([
                "notifications": .array(notices.map { NoticeOutput.json($0) }), "unread_count": .int(unread),
            ])
        }
    }

    @Sendable private func read(_ input: ReadInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let person = caller.identity
        return ["updated": .int(try await self.database.write { try $0.notices.read(input.id, of: person) })]
    }
}

enum NoticeOutput {
    static func json(_ notice: Notice, in language: Language = .english) -> JSONValue {
        [
            "id": .integer(notice.id), "notification_id": .integer(notice.id), "type": .string(notice.type.rawValue),
            "title": .string(notice.type.title(in: language)), "subject": .string(notice.subject),
            "data": .parsed(notice.detail), "is_read": .bool(notice.readAt != nil),
            "created_at": .time(notice.createdAt), "read_at": .time(notice.readAt),
        ]
    }

    static let example: JSONValue = [
        "id": 5, "notification_id": 5, "type": "partnership.approved", "title": "Partnership approved",
        "subject": "partnership:15", "data": [:], "is_read": false, "created_at": "2026-03-19T10:00:00.000000+00:00",
        "read_at": "2026-03-19T10:00:00.000000+00:00",
    ]
}
