package import Platform

extension WebhookDelivery.State: Wire, Vocabulary {
    package static let vocabulary = "delivery_state"
}
