import Kernel

/// The page of a person's notifications.
package struct NoticePages<Kind: NoticeKind>: Sendable {
    private let operations: NoticeOperations<Kind>
    private let about: @Sendable (Notice<Kind>, PageRequest) -> [String?]
    private let template: Template

    /// - Parameter about: what a notification says of its subject, beside its title.
    package init(
        _ operations: NoticeOperations<Kind>,
        about: @escaping @Sendable (_ notice: Notice<Kind>, _ request: PageRequest) -> [String?]
    ) {
        self.operations = operations
        self.about = about
        self.template = Template(noticeTemplate, Kind.contract.words)
    }

    package var pages: [ConsolePage] {
        [
            ConsolePage(
                path: noticePath,
                summary: "Notifications",
                roles: nil,
                show: self.show,
                forms: [
                    ConsoleForm(
                        path: noticePath + "/read",
                        summary: "Mark all as read",
                        does: self.operations.readAll,
                        then: noticePath + "?done=1"
                    )
                ]
            )
        ]
    }

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.operations.list, ["cursor": .string(request.query("cursor"))])
        let notices = request.rows(found.page.items) { item in
            [
                "isUnread": item.notice.readAt == nil,
                "about": self.about(item.notice, request).compactMap { $0 }.joined(separator: " · "),
            ]
        }
        return PageContent(
            request.say("notifications"),
            self.template,
            request,
            [
                "notifications": notices, "unread": found.unread == 0 ? nil : "\(found.unread)",
                "older": request.next(found.page.next),
            ]
        )
    }
}

private let noticePath = "/account/notifications"

private let noticeTemplate =
    PageParts.heading + """
        {{#unread}}<form method="post" action="{{base}}/account/notifications/read">{{{token}}}<p>{{unread}} [[unread]] <button class="quiet">[[mark_all_as_read]]</button></p></form>{{/unread}}
        """
    + PageParts.table(
        "[[newest_first]]",
        of: "notifications",
        empty: "[[nothing_has_happened_yet]]",
        [
            .init(
                "[[what]]",
                "{{#isUnread}}<strong>{{.title}}</strong>{{/isUnread}}{{^isUnread}}{{.title}}{{/isUnread}}",
                .heading
            ),
            .init("[[what_about]]", "{{about}}"), .init("[[at_zone]]", "{{created_at}}"),
        ]
    ) + PageParts.older
