/// The events of a surface that accounts can subscribe to.
package protocol WebhookCatalogue: Sendable {
    static var described: [WebhookEvent] { get }
}

extension WebhookCatalogue {
    package static var events: [String] { self.described.map(\.type).sorted() }
}
