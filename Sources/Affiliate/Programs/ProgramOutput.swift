import Kernel
import Web

/// A program as clients see it.
struct ProgramOutput: Answer {
    let program: Program
    /// New programs and running campaigns are said to be so.
    let now: Timestamp

    private var terms: Terms { self.program.content.terms }

    struct Campaign: Answer {
        let campaign: Terms.Campaign
        let unit: Terms.Unit

        static let members: [Member<Self>] = [
            Member("reward", { RewardValue($0.campaign.value, $0.unit) }, "What an order earns", example: 1500),
            Member("reward_unit", \.unit, "yen or percent", example: "yen"),
            Member("starts_at", { Timestamp(microseconds: $0.campaign.startsAt) }, "When it begins"),
            Member("ends_at", { Timestamp(microseconds: $0.campaign.endsAt) }, "When it ends"),
        ]
    }

    static let members: [Member<Self>] = [
        Member("id", \.program.id, "The program", example: 42),
        Member("program_id", \.program.id, "The same", example: 42),
        Member("name", \.program.content.name, "Its name", example: "Sketch AI"),
        Member("description", \.program.content.description, "What it offers", example: "Pictures from words"),
        Member("category_id", \.program.category.id, "Its category", example: 2),
        Member("category", \.program.category.name, "The category's name", example: "Image generation"),
        Member(
            "category_slug",
            \.program.category.slug,
            "The category's name in addresses",
            example: "image-generation"
        ),
        Member("advertiser_name", \.program.advertiserName, "Whose it is", example: "Example KK"),
        Member("status", \.program.content.status, "Its state", example: "active"),
        Member("reward_type", \.terms.rewardType, "What is paid: an order, a click or an installation", example: "cpa"),
        Member("reward_unit", \.terms.unit, "yen or percent", example: "yen"),
        Member("reward_amount", \.terms.typicalReward, "What a usual order earns", unit: "JPY", example: 1200),
        Member(
            "reward_percent",
            { $0.terms.unit == .percent ? Hundredths(Int($0.terms.value)) : nil },
            "Share of the order, where it is one",
            unit: "%",
            example: 12.5
        ),
        Member("cookie_days", \.terms.cookieDays, "How long a click counts", unit: "days", example: 30),
        Member("hold_days", \.terms.holdDays, "How long an approved reward waits", unit: "days", example: 14),
        Member("self_affiliate", \.terms.allowsSelfBack, "Whether publishers may order themselves"),
        Member("allow_listing", \.program.content.allowsListing, "Whether listing ads are allowed", example: false),
        Member("has_product_link", \.program.figures.hasProductLink, "Whether there are product links"),
        Member("itp_supported", \.program.content.supportsITP, "Whether it is ready for ITP"),
        Member("auto_approve", \.program.content.approvesAtOnce, "Whether partners are approved at once"),
        Member("is_campaign", { $0.terms.campaign?.isRunning(at: $0.now) ?? false }, "Whether a campaign is on"),
        Member(
            "campaign",
            { output in output.terms.campaign.map { Campaign(campaign: $0, unit: output.terms.unit) } },
            "The campaign, past and coming ones included"
        ),
        Member(
            "is_new",
            { $0.program.publishedAt.adding(seconds: Program.newDays * 86_400) > $0.now },
            "Whether it was published lately"
        ),
        Member(
            "confirmation_rate",
            { Self.confirmationRate($0.program.figures) },
            "Decided orders that were approved; null when there are none",
            unit: "%",
            example: 87.5
        ),
        Member("epc", { Self.epc($0.program.figures) }, "Reward of a valid click", unit: "JPY", example: 32.5),
        Member("created_at", \.program.createdAt, "When it was made"),
        Member("published_at", \.program.publishedAt, "When it was published"),
    ]

    private static func confirmationRate(_ figures: Program.Figures) -> Hundredths? {
        Program.Figures.confirmationRate(approved: figures.approved, rejected: figures.rejected).map {
            Hundredths(Int($0))
        }
    }

    private static func epc(_ figures: Program.Figures) -> Hundredths? {
        Program.Figures.epc(reward: figures.reward, validClicks: figures.validClicks).map { Hundredths(Int($0)) }
    }
}

/// What an order earns: yen, or a share of it.
struct RewardValue: Wire {
    let value: Int64
    let unit: Terms.Unit

    init(_ value: Int64, _ unit: Terms.Unit) {
        self.value = value
        self.unit = unit
    }

    static let shape = Shape<RewardValue>(
        ["type": "number"],
        example: 1200,
        show: { reward, display in
            reward.unit == .percent ? display.percent(Double(reward.value) / 100) : display.yen(Yen(reward.value))
        }
    ) { reward, writer in
        switch reward.unit {
        case .percent: writer.write(Double(reward.value) / 100)
        default: writer.write(reward.value)
        }
    }
}

extension Program.Status: Wire {}
extension Terms.RewardType: Wire {}
extension Terms.Unit: Wire {}
extension Creative.Kind: Wire {}

/// A program with all that a publisher must know to advertise it.
struct ProgramDetail: Answer {
    let output: ProgramOutput
    let creatives: [CreativeOutput]

    init(_ program: Program, _ creatives: [Creative], at now: Timestamp) {
        self.output = ProgramOutput(program: program, now: now)
        self.creatives = creatives.map { CreativeOutput(creative: $0) }
    }

    static let members =
        Member.all(of: \.output) + [
            Member<Self>(
                "landing_url",
                \.output.program.content.landingURL,
                "Where links lead",
                example: "https://shop.example.com/"
            ),
            Member(
                "lp_url",
                \.output.program.content.landingURL,
                "The same",
                example: "https://shop.example.com/"
            ),
            Member(
                "click_limit",
                \.output.program.content.clickLimit,
                "Clicks of one browser in a minute that count; more are a flood",
                example: 20
            ),
            Member("terms_version", \.output.program.termsVersion, "Grows with each change of terms", example: 1),
            Member("updated_at", \.output.program.updatedAt, "When it was last changed"),
            Member("creatives", \.creatives, "Texts, banners and products"),
        ]
}

struct CreativeOutput: Answer {
    let creative: Creative

    static let members: [Member<Self>] = [
        Member("id", \.creative.id, "The creative", example: 1),
        Member("type", \.creative.kind, "text, banner or product", example: "banner"),
        Member("title", \.creative.title, "What links say", example: "Wide"),
        Member(
            "text",
            { $0.creative.text.isEmpty ? nil : $0.creative.text },
            "Words for the publisher to use",
            example: "Try it"
        ),
        Member(
            "url",
            { $0.creative.url.isEmpty ? nil : $0.creative.url },
            "The image of a banner, or the page of a product",
            example: "https://shop.example.com/b.png"
        ),
        Member("width", \.creative.width, "Of a banner", unit: "pixels", example: 728),
        Member("height", \.creative.height, "Of a banner", unit: "pixels", example: 90),
        Member("price", \.creative.price, "Of a product", unit: "JPY", example: 1980),
    ]
}

/// What webhooks say of a program that has changed.
struct ProgramEvent: Answer {
    let id: ProgramID
    let content: Program.Content

    static let members: [Member<Self>] = [
        Member("program_id", \.id, "The program", example: 42),
        Member("program_name", \.content.name, "Its name", example: "Sketch AI"),
        Member("status", \.content.status, "Its state", example: "active"),
        Member("reward_amount", \.content.terms.typicalReward, "What a usual order earns", unit: "JPY", example: 1200),
    ]
}
