import Kernel
import Platform

/// The page of a person's notifications.
package struct NoticePages<Kind: NoticeKind>: Sendable {
    let operations: NoticeOperations<Kind>
    let addresses: NoticeAddresses
    /// Codes that are sent to new addresses.
    let codes = SlidingWindows(policy: "codes", windowSeconds: 3600)
    private let template: Template

    package init(_ operations: NoticeOperations<Kind>, _ addresses: NoticeAddresses) {
        self.operations = operations
        self.addresses = addresses
        self.template = Template(noticeTemplate + Self.mailTemplate, Kind.contract.words)
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
                ] + self.mailForms
            )
        ]
    }

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.operations.list, ["cursor": .string(request.query("cursor"))])
        let notices = request.rows(found.page.items) { item in
            [
                "isUnread": item.notice.readAt == nil,
                "about": Kind.about(JSONValue.parsed(item.notice.detail), request.display).compactMap { $0 }
                    .joined(separator: " · "),
            ]
        }
        let mail = try await self.mailValues(request)
        return PageContent(
            request.say("notifications"),
            self.template,
            request,
            [
                "notifications": notices, "unread": found.unread == 0 ? nil : "\(found.unread)",
                "older": request.next(found.page.next),
            ].merging(mail) { $1 }
        )
    }
}

let noticePath = "/account/notifications"

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
                "[[notice]]",
                "{{#isUnread}}<strong>{{.title}}</strong>{{/isUnread}}{{^isUnread}}{{.title}}{{/isUnread}}",
                .heading
            ),
            .init("[[what_about]]", "{{about}}"), .init("[[at_zone]]", "{{created_at}}"),
        ]
    ) + PageParts.older
