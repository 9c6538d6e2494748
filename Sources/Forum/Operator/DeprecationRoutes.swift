import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Announcing that something of the contract will end.
struct DeprecationRoutes: Sendable {
    private static let path = "/api/forum/v1/operator/deprecations"

    let database: any Database
    let ids: IDGenerator

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/forum/v1/deprecations", tag: OperatorRoutes.tag, self.list),
            Endpoint(.post, Self.path, tag: OperatorRoutes.tag, status: .created, self.announce),
        ]
    }

    var list: Operation<NoInput, DeprecationList> {
        Operation("List what will end", access: .open) { (_: NoInput, _: Call) in
            DeprecationList(notices: try await self.database.read { try $0.deprecations.list() })
        }
    }

    struct NoticeInput: Input {
        let feature: String
        let version: String
        let sunsetAt: Timestamp
        let replacement: String?
        let documentation: String?

        init(_ read: inout InputReader) {
            self.feature =
                read.body(
                    "feature",
                    .string,
                    "A path such as /api/v1/posts, or a name",
                    .notBlank(),
                    .line(),
                    .atMost(200)
                ).trimmed
            self.version = read.body("version", .string, "Of the contract", .notBlank(), .line(), .atMost(40)).trimmed
            let sunset = read.body("sunsetAt", .string, "When it ends: 90 days from now at the earliest", .instant)
            self.sunsetAt = Timestamp(text: sunset) ?? Timestamp(seconds: 0)
            self.replacement = read.optionalBody("replacement", .string, "What is used instead", .line(), .atMost(200))
            self.documentation = read.optionalBody("documentation", .string, "An https address", .httpsLink)
        }
    }

    var announce: Operation<NoticeInput, DeprecationList> {
        Operation("Announce that something will end", access: .operator, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                let isEarly = input.sunsetAt < tx.now.adding(seconds: Deprecation.leastSeconds)
                guard !isEarly else { throw ForumProblems.sunsetTooEarly }
                let notice = Deprecation(
                    id: self.ids.next(),
                    feature: input.feature,
                    version: input.version,
                    announcedAt: tx.now,
                    sunsetAt: input.sunsetAt,
                    replacement: input.replacement,
                    documentation: input.documentation
                )
                try tx.deprecations.insert(notice)
                for partner in try tx.partners.list(limit: .max) where partner.status == .approved {
                    try tx.events.append(
                        Event(
                            surface: ForumContract.name,
                            type: "api.deprecated",
                            subject: notice.id.text,
                            audience: try tx.receivers(of: partner),
                            payload: JSON.text(of: notice.json),
                            trace: call.trace
                        )
                    )
                }
                try tx.audit.record(
                    actor: caller.credential,
                    action: "api.deprecated",
                    subject: input.feature,
                    detail: input.sunsetAt.utc.text,
                    trace: call.trace
                )
                return DeprecationList(notices: [notice])
            }
        }.refusing(ForumProblems.sunsetTooEarly)
    }
}

extension Rule where Value == String {
    fileprivate static var httpsLink: Rule {
        Rule(FieldRule("https_address"), schema: ["format": "uri"]) { HTTPSAddress.isAddress($0) }
    }
}

struct DeprecationList: Answer {
    let notices: [Deprecation]
    static let members: [Member<Self>] = [
        Member("deprecations", { JSONValue.array($0.notices.map(\.json)) }, "The newest first", example: [])
    ]
}
