import Kernel
import Platform
import Web

/// How the forum words and signs its webhooks: the contract's header is over the body, with the bytes of the whole secret as the key.
enum ForumWebhooks {
    static let dialect = WebhookDialect(
        surface: ForumContract.name,
        retryDelaysSeconds: [240, 960, 3840, 15_360, 61_440],
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

    private static let post: [String: JSONValue] = [
        "postId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ea", "threadId": "01a22b8a-71ff-7001-aaf8-5d505c14d5eb",
        "authorId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ec", "category": "kyoto",
        "permalink": "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am#post-1",
    ]

    private static func body(_ data: [String: JSONValue]) -> JSONValue {
        ["id": "msg_1_abc", "timestamp": "2026-05-09T03:14:22Z", "data": .object(data)]
    }

    private static func shape<Body>(_ data: [String: JSONValue]) -> Shape<Body> {
        let example = Self.body(data)
        return Shape(Schema.of(example, optional: []), example: example) { $1.write(example) }
    }

    private static let created = Self.post.merging([
        "number": 1, "createdAt": "2026-05-09T03:14:22.000Z", "publishedAt": "2026-05-09T03:14:22.000Z", "lang": "en",
        "flagged": false,
    ]) { $1 }

    private struct CreatedBody: Wire { static let shape: Shape<Self> = ForumCatalogue.shape(ForumCatalogue.created) }

    private struct RepliedBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(
            ForumCatalogue.post.merging([
                "author": ["type": "human", "username": "hanako", "displayName": "Hanako"], "body": "Thank you!",
                "inReplyTo": ["postId": "01a22b8a-71ff-7001-aaf8-5d505c14d5ea", "number": 1],
                "thread": ["title": "Sannenzaka 5am!", "category": "kyoto"], "context": [],
                "createdAt": "2026-05-09T03:14:22.000Z",
            ]) { $1 }
        )
    }

    private struct FlaggedBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(
            ForumCatalogue.post.merging([
                "reason": "wrong_place", "reviewerNote": "The shrine is elsewhere.", "stage": "decided",
                "state": "removed", "reasons": ["wrong_place": 2], "score": 0.1545, "parts": [],
                "decidedAt": "2026-05-09T03:14:22.000Z", "appealUntil": "2026-06-08T03:14:22.000Z",
            ]) { $1 }
        )
    }

    private struct RestoredBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape(
            ForumCatalogue.created.merging(["stage": "appeal", "reason": "The source is right"]) { $1 }
        )
    }

    private struct SettledBody: Wire {
        static let shape: Shape<Self> = ForumCatalogue.shape([
            "period": "2026-05", "gross": 30_196, "fees": 1500, "net": 28_696, "netJpy": 28_696, "currency": "JPY",
            "reference": "BANK-2026-06-001", "method": "iban", "orders": 3, "paidAt": "2026-06-05T03:00:00.000Z",
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
