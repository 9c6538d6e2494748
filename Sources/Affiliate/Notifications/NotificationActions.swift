import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Notifications as the contract's actions have them: by pages, and one of them marked as read.
struct NotificationActions: Sendable {
    let operations: NoticeOperations<NoticeType>

    var actions: [Action] {
        [
            Action("publisher.notifications_list", self.list),
            Action("publisher.notifications_read", self.read),
        ]
    }

    /// The same for those whom the contract's actions leave out.
    var endpoints: [Endpoint] {
        [
            .affiliate(.get, NoticeOperations<NoticeType>.path, tag: "Account", self.operations.list),
            .affiliate(.post, NoticeOperations<NoticeType>.path + "/read", tag: "Account", self.operations.readAll),
        ]
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

    var list: Operation<ListInput, NoticeList<NumberedPage<NoticeOutput<NoticeType>>>> {
        Operation("Your notifications, newest first", access: .publisher) { input, caller, _ in
            let person = caller.identity
            return try await self.operations.database.read { tx in
                let (notices, total, unread) = try tx.notices.list(
                    of: person,
                    unreadOnly: input.unreadOnly,
                    limit: input.paging.limit,
                    offset: input.paging.offset
                )
                return NoticeList(page: input.paging.page(notices.map(NoticeOutput.init), total: total), unread: unread)
            }
        }
    }

    /// Throws `notificationNotFound`.
    var read: Operation<ReadInput, NoticesRead> {
        Operation("Mark a notification as read, or all of them", access: .publisher, effect: .write) {
            input,
            caller,
            _ in
            let person = caller.identity
            let count = try await self.operations.database.write { try $0.notices.read(input.id, of: person) }
            guard let count else { throw AffiliateProblems.notificationNotFound }
            return NoticesRead(count: count)
        }
        .refusing(AffiliateProblems.notificationNotFound)
    }
}

extension NoticeOutput: PagedItem {}
