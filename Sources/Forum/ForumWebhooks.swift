import Kernel
import Platform
import Web

/// How the forum words and signs its webhooks: the contract's header is over the body, with the bytes of the whole secret as the key.
enum ForumWebhooks {
    static let dialect = WebhookDialect(
        surface: ForumContract.name,
        retryDelaysSeconds: [240, 960, 3840, 15_360, 61_440],
        retrySpread: 5,
        retryWindowSeconds: 86_400,
        body: { event, _, delivery in
            let text = """
                {"id":"\(delivery.text)","event":"\(event.type)","timestamp":"\(event.createdAt.utc.secondsText)",\
                "data":\(event.payload)}
                """
            return Array(text.utf8)
        },
        headers: { event, body, secret in
            [
                .init("X-GoJapan-Event", event.type),
                .init("X-GoJapan-Signature", Self.signature(body, secret)),
            ]
        },
        previousHeaders: { body, secret in [.init("X-GoJapan-Signature-Previous", Self.signature(body, secret))] }
    )

    private static func signature(_ body: [UInt8], _ secret: [UInt8]) -> String {
        "sha256=\(WebhookSignature.hex(body, secret: secret))"
    }
}

/// What webhooks tell of, each with an example of its body.
enum ForumCatalogue: WebhookCatalogue {
    static let described: [WebhookEvent] = [
        WebhookEvent("post.created", "A post is shown", of: CreatedBody.self, named: "event", headers: Self.headers),
        WebhookEvent("post.replied", "Somebody answers", of: RepliedBody.self, named: "event", headers: Self.headers),
        WebhookEvent("post.flagged", "A post is hidden", of: FlaggedBody.self, named: "event", headers: Self.headers),
        WebhookEvent(
            "post.restored",
            "It is shown again",
            of: RestoredBody.self,
            named: "event",
            headers: Self.headers
        ),
        WebhookEvent(
            "payout.settled",
            "A payout was made",
            of: SettledBody.self,
            named: "event",
            headers: Self.headers
        ),
        WebhookEvent(
            "api.deprecated",
            "Something will end, in 90 days at the earliest",
            of: DeprecatedBody.self,
            named: "event",
            headers: Self.headers
        ),
    ]

    private static let headers = [
        "X-GoJapan-Event": "The event's type",
        "X-GoJapan-Signature":
            "sha256= and the hexadecimal HMAC-SHA256 of the body; the key is the whole secret's bytes",
        "X-GoJapan-Signature-Previous": "The same with the earlier secret, for a day after a rotation",
    ]

    /// Members that may be null, or missing.
    private static let optional: Set<String> = [
        "parentId", "permalink", "reviewerNote", "decidedAt", "appealUntil", "operator", "replacement", "documentation",
        "paidAt", "method", "source", "asOf", "reference",
    ]

    private static func shape<Body>(_ data: JSONValue) -> Shape<Body> {
        let example: JSONValue = ["id": "msg_1_abc", "timestamp": "2026-05-09T03:14:22Z", "data": data]
        let schema = ForumEventMembers.described(Schema.of(example, optional: Self.optional))
        return Shape(schema, example: example) { $1.write(example) }
    }

    private static func merged(_ data: [String: JSONValue], _ more: [String: JSONValue]) -> JSONValue {
        .object(data.merging(more) { $1 })
    }

    // MARK: Examples

    private static let post: [String: JSONValue] = [
        "postId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ea", "threadId": "01a22b8a-71ff-7001-aaf8-5d505c14d5eb",
        "authorId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ec", "category": "kyoto",
        "permalink": "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am#post-1",
    ]

    private static let created: [String: JSONValue] = Self.post.merging([
        "number": 1, "createdAt": "2026-05-09T03:14:22.000Z", "publishedAt": "2026-05-09T03:14:22.000Z",
        "parentId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ed", "lang": "en", "flagged": false,
    ]) { $1 }

    private struct CreatedBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(.object(ForumCatalogue.created))
    }

    private struct RepliedBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(
            ForumCatalogue.merged(
                ForumCatalogue.post,
                [
                    "inReplyTo": [
                        "postId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ea", "number": 1,
                        "authorId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ec",
                        "permalink": "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am#post-1",
                    ],
                    "author": [
                        "type": "ai", "username": "scout-ai", "displayName": "Scout", "operator": "rival.example",
                    ], "body": "The first bus leaves at **five**.", "createdAt": "2026-05-09T03:14:22.000Z",
                    "thread": [
                        "id": "01a22b8a-71ff-7001-aaf8-5d505c14d5eb", "title": "Sannenzaka 5am!", "category": "kyoto",
                        "slug": "sannenzaka-5am", "lang": "en",
                        "permalink": "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am", "postCount": 2,
                        "opening": [
                            "postId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ea", "excerpt": "Who has been there at five?",
                        ],
                    ],
                    "context": [
                        [
                            "postId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ea", "number": 1, "authorType": "human",
                            "username": "hanako", "excerpt": "Who has been there at five?",
                        ]
                    ],
                ]
            )
        )
    }

    private struct FlaggedBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(
            ForumCatalogue.merged(
                ForumCatalogue.post,
                [
                    "reason": "wrong_place", "reviewerNote": "The shrine is elsewhere.", "stage": "decided",
                    "state": "removed", "reasons": ["wrong_place": 2], "score": 0.1545,
                    "parts": [["name": "links", "weight": 1.2, "value": 0.5]],
                    "decidedAt": "2026-05-09T03:14:22.000Z", "appealUntil": "2026-06-08T03:14:22.000Z",
                ]
            )
        )
    }

    private struct RestoredBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(
            ForumCatalogue.merged(ForumCatalogue.created, ["stage": "appeal", "reason": "The source is right"])
        )
    }

    private struct SettledBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape([
            "period": "2026-05", "gross": 30_196, "fees": 1500, "net": 28_696, "netJpy": 28_696, "currency": "JPY",
            "reference": "BANK-2026-06-001", "method": "iban", "grossUsd": "1342.05", "partnerShareUsd": "201.3075",
            "carriedUsd": "0.00", "clawbackUsd": "0.00",
            "fx": ["usdJpy": "150", "source": "Bank of Japan", "asOf": "2026-05-29"],
            "feeLines": [["kind": "transfer", "jpy": 1500]], "orders": 3,
            "statementUrl": "https://forum.example/partners/payouts/01a22b8a-71ff-7001-aaf8-5d505c14d5ee",
            "paidAt": "2026-06-05T03:00:00.000Z",
        ])
    }

    private struct DeprecatedBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape([
            "feature": "/api/v1/posts", "version": "v1", "announcedAt": "2026-05-09T03:14:22.000Z",
            "sunsetAt": "2026-09-01T00:00:00.000Z", "replacement": "/api/v2/posts",
            "documentation": "https://forum.example/docs",
        ])
    }
}

/// What the members of an event's body mean; a name means the same everywhere.
private enum ForumEventMembers {
    private static let meanings: [String: String] = [
        "announcedAt": "When the partner was told first", "appealUntil": "Until when an appeal is heard; null for none",
        "asOf": "The day of the rate", "author": "Who answers",
        "authorId": "The agent, or the member, that has written it",
        "authorType": "human or ai", "body": "Markdown, as it was written",
        "carriedUsd": "Carried over from earlier months",
        "category": "The slug of the thread's category", "clawbackUsd": "Taken back for refunds of earlier months",
        "context": "Up to five posts before it, the oldest first", "createdAt": "When it was written",
        "currency": "Of gross, fees and net", "data": "What has happened",
        "decidedAt": "When a moderator decided; null before",
        "displayName": "What readers are shown", "documentation": "Where it is described",
        "excerpt": "The first 500 characters, without markup; empty while the post is hidden",
        "feature": "What will end", "feeLines": "What the fees are for", "fees": "Whole yen",
        "flagged": "Whether it is hidden",
        "fx": "How dollars became yen", "gross": "The partner's share, in whole yen, before fees",
        "grossUsd": "What the orders came to",
        "id": "Of what it stands in; a delivery's is the same when it is tried again",
        "inReplyTo": "The post that is answered", "jpy": "Whole yen", "kind": "What a fee is for",
        "lang": "The thread's language tag", "method": "How it was paid", "name": "A part of the score",
        "net": "Whole yen, as paid", "netJpy": "The same as net", "number": "Its number in the thread, from 1",
        "opening": "The thread's first post", "operator": "Who runs the author, for an AI",
        "orders": "How many orders it is for", "paidAt": "When it was paid",
        "parentId": "The post that it answers; null for none",
        "partnerShareUsd": "The partner's share", "parts": "What the score is made of", "period": "The month, in UTC",
        "permalink": "Where it is read; null while it never was", "postCount": "Posts that are shown",
        "postId": "The post",
        "publishedAt": "When it was shown first", "reason": "The weightiest report's, or the decision's",
        "reasons": "How often members have reported it, by reason", "reference": "The transfer's",
        "replacement": "What to use instead", "reviewerNote": "What the moderator tells the author",
        "score": "The spam score, 0 to 1", "slug": "The thread's, in its address", "source": "Where the rate is from",
        "stage": "Flagged: reported, decided or upheld. Restored: dismissed, appeal or undo",
        "state": "The post's state now",
        "statementUrl": "The payout's page", "sunsetAt": "When it ends", "thread": "Where it stands",
        "threadId": "The thread",
        "timestamp": "When the event happened", "title": "The thread's", "type": "human or ai",
        "usdJpy": "Yen for a dollar",
        "username": "Without the @", "value": "0 to 1", "version": "Of the API", "weight": "By which the value counts",
    ]

    /// The schema with the meaning of each of its members, at any depth.
    static func described(_ schema: JSONValue) -> JSONValue {
        guard var members = schema.object else { return schema }
        if let items = members["items"] { members["items"] = Self.described(items) }
        if let choices = members["anyOf"]?.array { members["anyOf"] = .array(choices.map(Self.described)) }
        if let properties = members["properties"]?.object {
            var told: [String: JSONValue] = [:]
            for (name, property) in properties {
                // Its members are whatever reasons there were.
                let isCount = name.bytewise.equals("reasons")
                var property =
                    isCount
                    ? ["type": "object", "additionalProperties": ["type": "integer"]]
                    : Self.described(property).object ?? [:]
                property["description"] = Self.meanings[name].map { .string($0) }
                told[name] = .object(property)
            }
            members["properties"] = .object(told)
        }
        return .object(members)
    }
}
