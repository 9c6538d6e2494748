import HTTPTypes
import Kernel
package import Platform
package import Storage

/// A person's notifications: looked at, and marked as read. The same on every surface.
package struct NoticeOperations<Kind: NoticeKind>: Sendable {
    package let database: any Database
    private let access: Access<Caller>

    package init(_ database: any Database, access: Access<Caller> = .anyKey) {
        self.database = database
        self.access = access
    }

    /// Their routes, for contracts that say nothing else.
    package var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.path, tag: Self.tag, self.list),
            Endpoint(.post, Self.path + "/read", tag: Self.tag, self.readAll),
        ]
    }

    package static var tag: String { "Notifications" }
    package static var path: String { "/api/v1/notifications" }

    package var list: Operation<NoticeQuery, NoticeList<CursorList<NoticeOutput<Kind>>>> {
        Operation("List my notifications", access: self.access) { input, caller, _ in
            let person = caller.identity
            return try await self.database.read { tx in
                let notices = NoticeStore<Kind>(tx: tx)
                let page = try notices.list(of: person, after: input.paging.cursor, limit: input.paging.limit)
                return NoticeList(
                    page: CursorList(page, NoticeOutput.init),
                    unread: try notices.countUnread(of: person)
                )
            }
        }
    }

    package var readAll: Operation<NoInput, NoticesRead> {
        Operation("Mark all my notifications as read", access: self.access, effect: .write) { _, caller, _ in
            let person = caller.identity
            return NoticesRead(
                count: try await self.database.write { try NoticeStore<Kind>(tx: $0).read(nil, of: person) } ?? 0
            )
        }
    }
}

package struct NoticeQuery: Input {
    package let paging: CursorPaging
    package init(_ read: inout InputReader) { self.paging = CursorPaging(&read) }
}

/// A page of notifications, and how many nobody has read.
package struct NoticeList<Page: Answer>: Answer {
    package let page: Page
    package let unread: Int

    package init(page: Page, unread: Int) {
        self.page = page
        self.unread = unread
    }

    package static var members: [Member<Self>] {
        Member.all(of: \.page) + [Member("unread_count", \.unread, "Unread ones in all", example: 1)]
    }
}

package struct NoticesRead: Answer {
    package let count: Int
    package init(count: Int) { self.count = count }
    package static let members = [Member<Self>("updated", \.count, "How many were marked", example: 1)]
}

package struct NoticeOutput<Kind: NoticeKind>: Listed {
    package let notice: Notice<Kind>

    package init(_ notice: Notice<Kind>) { self.notice = notice }

    package static var listName: String { "notifications" }
    package static var listSummary: String { "Newest first" }
    package static var members: [Member<Self>] {
        let kind = Kind.allCases.first
        return [
            Member("id", \.notice.id, "The notification", example: 5),
            Member("notification_id", \.notice.id, "The same", example: 5),
            Member("type", \.notice.type, "What happened", example: .text(kind?.rawValue)),
            Member(
                "title",
                { $0.notice.type.title(in: .english) },
                "The same in words",
                example: .text(kind?.title(in: .english)),
                shown: { $0.notice.type.title(in: $1.language) }
            ),
            Member("subject", \.notice.subject, "What it is about"),
            Member("data", { JSONValue.parsed($0.notice.detail) }, "What the event's webhook says"),
            Member("is_read", { $0.notice.readAt != nil }, "Whether it was read", example: false),
            Member("created_at", \.notice.createdAt, "When it happened"),
            Member("read_at", \.notice.readAt, "When it was read"),
        ]
    }
}
