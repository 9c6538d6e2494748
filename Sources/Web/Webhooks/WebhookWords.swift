package import Platform

extension WebhookDelivery.State: Wire {}
