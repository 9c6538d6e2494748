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
                self.list
            ),
            Action(
                "publisher.notifications_read",
                "Mark a notification as read, or all of them",
                .publisher,
                effect: .write,
                self.read
            ),
        ]
    }

    /// The same for those whom the contract's actions leave out.
    var endpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/notifications",
                "List my notifications",
                tag: "Account",
                for: nil
            ) {
                (input: QueryInput, caller: Caller, _) in
                try await self.list(of: caller, unreadOnly: false, input.paging)
            },
            .affiliate(
                .post,
                "/api/v1/notifications/read",
                "Mark all my notifications as read",
                tag: "Account",
                for: nil
            ) {
                (_: NoInput, caller: Caller, _) in
                let person = caller.identity
                return Updated(count: try await self.database.write { try $0.notices.read(nil, of: person) })
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

    private struct NoticeList: Answer {
        let page: NumberedPage<NoticeOutput>
        let unread: Int

        static let members =
            Member.all(of: \.page) + [Member<Self>("unread_count", \.unread, "Unread ones in all", example: 1)]
    }

    private struct Updated: Answer {
        let count: Int
        static let members = [Member<Self>("updated", \.count, "How many were marked", example: 1)]
    }

    @Sendable private func list(_ input: ListInput, _ caller: Caller, _: Call) async throws -> NoticeList {
        try await self.list(of: caller, unreadOnly: input.unreadOnly, input.paging)
    }

    private func list(of caller: Caller, unreadOnly: Bool, _ paging: Paging) async throws -> NoticeList {
        let person = caller.identity
        return try await self.database.read { tx in
            let (notices, total, unread) = try tx.notices.list(
                of: person,
                unreadOnly: unreadOnly,
                limit: paging.limit,
                offset: paging.offset
            )
            let page = paging.page(notices.map { NoticeOutput(notice: $0) }, total: total)
            return NoticeList(page: page, unread: unread)
        }
    }

    @Sendable private func read(_ input: ReadInput, _ caller: Caller, _: Call) async throws -> Updated {
        let person = caller.identity
        return Updated(count: try await self.database.write { try $0.notices.read(input.id, of: person) })
    }
}

struct NoticeOutput: PagedItem, Answer {
    let notice: Notice

    static let listName = "notifications"
    static let listSummary = "Newest first"
    static let members: [Member<Self>] = [
        Member("id", \.notice.id, "The notification", example: 5),
        Member("notification_id", \.notice.id, "The same", example: 5),
        Member("type", \.notice.type, "What happened", example: "partnership.approved"),
        Member("title", { $0.notice.type.title(in: .english) }, "The same in words", example: "Partnership approved"),
        Member("subject", \.notice.subject, "What it is about", example: "partnership:15"),
        Member("data", { JSONValue.parsed($0.notice.detail) }, "What the event's webhook says"),
        Member("is_read", { $0.notice.readAt != nil }, "Whether it was read", example: false),
        Member("created_at", \.notice.createdAt, "When it happened"),
        Member("read_at", \.notice.readAt, "When it was read"),
    ]
}

extension NoticeType: Wire {}
