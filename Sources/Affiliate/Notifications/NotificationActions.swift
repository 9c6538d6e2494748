import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct NotificationActions: Sendable {
    let database: any Database

    var actions: [Action] {
        [
            Action("publisher.notifications_list", self.list),
            Action("publisher.notifications_read", self.read),
        ]
    }

    /// The same for those whom the contract's actions leave out.
    var endpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/notifications", tag: "Account", self.listOwn),
            .affiliate(.post, "/api/v1/notifications/read", tag: "Account", self.readAll),
        ]
    }

    struct QueryInput: Input {
        let paging: Paging
        init(_ read: inout InputReader) { self.paging = Paging(query: &read) }
    }

    struct ListInput: Input {
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

    struct ReadInput: Input {
        let id: NoticeID?

        init(_ read: inout InputReader) {
            self.id = read.optionalBody("notification_id", .integer, "Notification ID (omit to mark all as read)").map {
                NumericID($0)
            }
        }
    }

    struct NoticeList: Answer {
        let page: NumberedPage<NoticeOutput>
        let unread: Int

        static let members =
            Member.all(of: \.page) + [Member<Self>("unread_count", \.unread, "Unread ones in all", example: 1)]
    }

    struct Updated: Answer {
        let count: Int
        static let members = [Member<Self>("updated", \.count, "How many were marked", example: 1)]
    }

    var list: Operation<ListInput, NoticeList> {
        Operation("Your notifications, newest first", access: .publisher) { input, caller, _ in
            try await self.list(of: caller, unreadOnly: input.unreadOnly, input.paging)
        }
    }

    var listOwn: Operation<QueryInput, NoticeList> {
        Operation("List my notifications", access: .roles(nil)) { input, caller, _ in
            try await self.list(of: caller, unreadOnly: false, input.paging)
        }
    }

    var readAll: Operation<NoInput, Updated> {
        Operation("Mark all my notifications as read", access: .roles(nil), effect: .write) { _, caller, _ in
            let person = caller.identity
            return Updated(count: try await self.database.write { try $0.notices.read(nil, of: person) })
        }
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

    var read: Operation<ReadInput, Updated> {
        Operation("Mark a notification as read, or all of them", access: .publisher, effect: .write) {
            input,
            caller,
            _ in
            let person = caller.identity
            return Updated(count: try await self.database.write { try $0.notices.read(input.id, of: person) })
        }
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
