import Kernel
import Web

/// Programmes as clients see them.
enum ProgramOutput {
    /// - Parameter now: new programmes and running campaigns are said to be so.
    static func json(_ program: Program, at now: Timestamp) -> JSONValue {
        let (content, terms) = (program.content, program.content.terms)
        return [
            "id": .integer(program.id), "program_id": .integer(program.id), "name": .string(content.name),
            "description": .string(content.description), "category_id": .integer(program.category.id),
            "category": .string(program.category.name), "category_slug": .string(program.category.slug),
            "advertiser_name": .string(program.advertiserName), "status": .string(content.status.rawValue),
            "reward_type": .string(terms.rewardType.rawValue), "reward_unit": .string(terms.unit.rawValue),
            "reward_amount": .integer(terms.typicalReward),
            "reward_percent": terms.unit == .percent ? .hundredths(Int(terms.value)) : .null,
            "cookie_days": .int(terms.cookieDays), "hold_days": .int(terms.holdDays),
            "self_affiliate": .bool(terms.allowsSelfBack), "allow_listing": .bool(content.allowsListing),
            "has_product_link": .bool(program.figures.hasProductLink), "itp_supported": .bool(content.supportsITP),
            "auto_approve": .bool(content.approvesAtOnce), "is_campaign": .bool(self.isCampaign(terms, at: now)),
            "campaign": self.campaign(terms),
            "is_new": .bool(program.publishedAt.adding(seconds: Program.newDays * 86_400) > now),
            "confirmation_rate": ProgramOutput.hundredths(
                Program.Figures.confirmationRate(
                    approved: program.figures.approved,
                    rejected: program.figures.rejected
                )
            ),
            "epc": ProgramOutput.hundredths(
                Program.Figures.epc(reward: program.figures.reward, validClicks: program.figures.validClicks)
            ),
            "created_at": .time(program.createdAt), "published_at": .time(program.publishedAt),
        ]
    }

    /// With all that a publisher must know to advertise it.
    static func detail(_ program: Program, _ creatives: [Creative], at now: Timestamp) -> JSONValue {
        self.json(program, at: now).adding([
            "landing_url": .string(program.content.landingURL), "lp_url": .string(program.content.landingURL),
            "terms_version": .int(program.termsVersion), "updated_at": .time(program.updatedAt),
            "creatives": .array(creatives.map(self.creative)),
        ])
    }

    static func creative(_ creative: Creative) -> JSONValue {
        [
            "id": .integer(creative.id), "type": .string(creative.kind.rawValue), "title": .string(creative.title),
            "text": .text(creative.text.isEmpty ? nil : creative.text),
            "url": .text(creative.url.isEmpty ? nil : creative.url),
            "width": creative.width.map { .int($0) } ?? .null, "height": creative.height.map { .int($0) } ?? .null,
            "price": creative.price.map { .integer($0) } ?? .null,
        ]
    }

    private static func isCampaign(_ terms: Terms, at now: Timestamp) -> Bool {
        terms.campaign?.isRunning(at: now) ?? false
    }

    private static func campaign(_ terms: Terms) -> JSONValue {
        guard let campaign = terms.campaign else { return .null }
        return [
            "reward": terms.unit == .percent ? .hundredths(Int(campaign.value)) : .integer(campaign.value),
            "reward_unit": .string(terms.unit.rawValue),
            "starts_at": .time(Timestamp(microseconds: campaign.startsAt)),
            "ends_at": .time(Timestamp(microseconds: campaign.endsAt)),
        ]
    }

    static let optionalFields: Set<String> = [
        "reward_percent", "campaign", "confirmation_rate", "epc", "text", "url", "width", "height", "price",
        "partnership", "partnership_status", "match_score",
    ]

    static let example: JSONValue = [
        "id": 42, "program_id": 42, "name": "Sketch AI", "description": "Pictures from words", "category_id": 2,
        "category": "Image generation", "category_slug": "image-generation", "advertiser_name": "Example KK",
        "status": "active", "reward_type": "cpa", "reward_unit": "yen", "reward_amount": 1200, "reward_percent": 12.5,
        "cookie_days": 30, "hold_days": 14, "self_affiliate": true, "allow_listing": false, "has_product_link": true,
        "itp_supported": true, "auto_approve": true, "is_campaign": true,
        "campaign": [
            "reward": 1500, "reward_unit": "yen", "starts_at": "2026-03-01T00:00:00.000000+00:00",
            "ends_at": "2026-04-01T00:00:00.000000+00:00",
        ],
        "is_new": true, "confirmation_rate": 87.5, "epc": 32.5, "created_at": "2026-03-19T10:00:00.000000+00:00",
        "published_at": "2026-03-19T10:00:00.000000+00:00",
    ]

    static let detailExample = example.adding([
        "landing_url": "https://shop.example.com/", "lp_url": "https://shop.example.com/", "terms_version": 1,
        "updated_at": "2026-03-19T10:00:00.000000+00:00",
        "creatives": [
            [
                "id": 1, "type": "banner", "title": "Wide", "text": "Try it", "url": "https://shop.example.com/b.png",
                "width": 728, "height": 90, "price": 1980,
            ]
        ],
    ])

    /// A rate or a mean; null when there is none.
    static func hundredths(_ value: Int64?) -> JSONValue { value.map { .hundredths(Int($0)) } ?? .null }
}
