/// The operator's account at PayPal.
package struct PayPalConfiguration: Sendable {
    package static let live = "https://api-m.paypal.com"
    package static let sandbox = "https://api-m.sandbox.paypal.com"

    /// The host of the API, live or sandbox.
    package let api: String
    package let clientID: String
    package let clientSecret: String
    /// Names the webhook whose events are signed for us.
    package let webhookID: String

    package init(api: String, clientID: String, clientSecret: String, webhookID: String) {
        self.api = api
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.webhookID = webhookID
    }
}
