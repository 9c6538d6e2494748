/// The events of a surface that accounts can subscribe to.
package protocol WebhookCatalogue: Sendable {
    static var described: [WebhookEvent] { get }
    /// The least bytes of a subscriber's secret; where there is such a rule, one is made for those who send none.
    static var leastSecret: Int? { get }
}

extension WebhookCatalogue {
    package static var leastSecret: Int? { nil }
    package static var events: [String] { self.described.map(\.type).sorted() }
}
