import Kernel

/// Partnerships as both sides see them.
enum PartnershipOutput {
    static func json(_ partnership: Partnership) -> JSONValue {
        [
            "id": .integer(partnership.id), "partnership_id": .integer(partnership.id),
            "program_id": .integer(partnership.program), "program_name": .string(partnership.programName),
            "status": .string(partnership.status.rawValue), "tracking_code": .string(partnership.trackingCode),
            "reason": .text(partnership.reason), "applied_at": .time(partnership.appliedAt),
            "decided_at": .time(partnership.decidedAt),
        ]
    }

    /// What the advertiser sees besides: who applies. The tracking code is the publisher's.
    static func request(_ partnership: Partnership, _ publisher: AffiliateAccount?) -> JSONValue {
        var json = self.json(partnership).object ?? [:]
        json["tracking_code"] = nil
        json["publisher_name"] = .string(partnership.publisherName)
        json["site_name"] = self.told(publisher?.profile.siteName)
        json["site_url"] = self.told(publisher?.profile.siteURL)
        json["site_description"] = self.told(publisher?.profile.siteDescription)
        return .object(json)
    }

    /// Nothing where somebody has said nothing.
    private static func told(_ text: String?) -> JSONValue { .text(text.flatMap { $0.isEmpty ? nil : $0 }) }

    static let optionalFields: Set<String> = ["reason", "decided_at", "site_name", "site_url", "site_description"]

    static let example: JSONValue = [
        "id": 15, "partnership_id": 15, "program_id": 42, "program_name": "Sketch AI", "status": "approved",
        "tracking_code": "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4", "reason": "Not our audience",
        "applied_at": "2026-03-19T10:00:00.000000+00:00", "decided_at": "2026-03-19T10:00:00.000000+00:00",
    ]

    static let requestExample: JSONValue = [
        "id": 15, "partnership_id": 15, "program_id": 42, "program_name": "Sketch AI", "status": "pending",
        "reason": "Not our audience", "applied_at": "2026-03-19T10:00:00.000000+00:00",
        "decided_at": "2026-03-19T10:00:00.000000+00:00", "publisher_name": "My agent", "site_name": "My site",
        "site_url": "https://example.com", "site_description": "Reviews of AI tools",
    ]
}
