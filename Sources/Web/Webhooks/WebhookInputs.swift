package import Kernel
package import Platform

/// What subscribers send, on any surface.
package struct Subscribe<Catalogue: WebhookCatalogue>: Input {
    let url: String
    let events: [String]
    /// Nil where one shall be made.
    let secret: String?

    package init(_ read: inout InputReader) {
        let known = Catalogue.events
        self.url = read.webAddress("url", "Where events are sent; https")
        self.events = read.body(
            "events",
            .strings,
            "Which events: \(known.joined(separator: ", "))",
            .atLeastOne(of: "event").describing(["items": ["type": "string", "enum": .strings(known)]])
        )
        let unknown = Set(self.events).subtracting(known).sorted()
        let arguments = ["values": unknown.joined(separator: ", "), "known": known.joined(separator: ", ")]
        read.require(unknown.isEmpty, "events", FieldRule("unknown_events", arguments))
        guard let least = Catalogue.leastSecret else {
            self.secret = read.body(
                "secret",
                .string,
                "Signs what is sent",
                Rule<String>.notBlank().saying(FieldRule("secret_required")),
                .atMost(500, of: "secret")
            )
            return
        }
        self.secret = read.optionalBody(
            "secret",
            .string,
            "Signs what is sent: at least \(least) bytes; one of 32 random bytes is made where none is sent, and answered this once",
            Rule<String>(FieldRule("secret_length", ["limit": "\(least)"]), schema: ["minLength": .int(least)]) {
                $0.utf8.count >= least
            },
            .atMost(500, of: "secret")
        )
    }
}

package struct WebhookPath: Input {
    package let id: ID<WebhookEndpoint>
    package init(_ read: inout InputReader) { self.id = ID(read.path("webhook_id", "The webhook")) }
}

package struct ListDeliveries: Input {
    let webhook: ID<WebhookEndpoint>
    let cursor: Cursor?
    let limit: Int

    package init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

package struct DeliveryPath: Input {
    let webhook: ID<WebhookEndpoint>
    let delivery: ID<WebhookDelivery>

    package init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        self.delivery = ID(read.path("delivery_id", "The delivery"))
    }
}

/// What a receiver got, as it shows it.
package struct CheckSignature: Input {
    let webhook: ID<WebhookEndpoint>
    let shown: ShownSignature

    package init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        let body = read.body("body", .string, "The body, byte for byte", .atMost(100_000))
        let signature = read.body(
            "signature",
            .string,
            "The header webhook-signature, or X-ACF-Signature",
            .notBlank(),
            .atMost(2000)
        )
        self.shown = ShownSignature(
            body: body,
            signature: signature,
            id: read.optionalBody("id", .string, "The header webhook-id, for webhook-signature", .atMost(200)) ?? "",
            timestamp: read.optionalBody(
                "timestamp",
                .string,
                "The header webhook-timestamp, for webhook-signature",
                .atMost(20)
            ) ?? ""
        )
    }
}

/// A range of events to send again.
package struct ReplayRange: Input {
    package let webhook: ID<WebhookEndpoint>
    package let from: Timestamp
    package let to: Timestamp

    package init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        self.from = read.moment("from", "Events at or after this moment (RFC 3339)")
        self.to = read.moment("to", "Events before this moment (RFC 3339)")
    }
}
