import Kernel
import Web

/// A product as a shopper is shown it: facts of the catalogue, why it is shown, and where it is bought.
struct Card: Answer {
    let recID: ID<Recommendation>
    let product: ProductPart
    let pitch: Pitch
    let story: Story
    let videos: [VideoPart]
    let call: Call
    let compliance: Compliance
    let source: SourcePart?
    let generatedAt: UTCMoment
    let channel: String?

    static let members: [Member<Self>] = [
        Member("rec_id", \.recID, "The recommendation; orders are attributed by it"),
        Member("product", \.product, "The product"),
        Member("hero_pitch", \.pitch, "What it is, in short"),
        Member("selection_story", \.story, "Why it is shown"),
        Member("videos", \.videos, "At most five videos that show it, the most convincing first"),
        Member("cta", \.call, "Where it is bought, and where there is more of it"),
        Member("compliance", \.compliance, "Where it may be sold, and what is to be minded"),
        Member("data_source", \.source, "Where the facts come from; null where the merchant itself says them"),
        Member("generated_at", \.generatedAt, "When the card was made"),
        Member("channel", \.channel, "The channel of the request"),
    ]

    struct ProductPart: Answer {
        let id: ProductID
        let title: String
        let brand: String?
        let priceUSD: PlainNumber?
        let originalPriceUSD: PlainNumber?
        let price: MoneyOutput?
        let discount: String?
        let image: String?
        let gallery: [String]
        let group: String?
        let category: String?

        static let members: [Member<Self>] = [
            Member("id", { "\($0.id)" }, "The product", example: "3920564"),
            Member("title", \.title, "As the merchant calls it"),
            Member("brand", \.brand, "Its maker"),
            Member("price_usd", \.priceUSD, "What it costs, in dollars; null without a rate", unit: "USD"),
            Member("original_price_usd", \.originalPriceUSD, "Before it was lowered", unit: "USD"),
            Member("price", \.price, "What it costs, in the merchant's currency"),
            Member("discount_label", \.discount, "By how much it was lowered", example: "-20%"),
            Member("main_image", \.image, "A picture"),
            Member("gallery", \.gallery, "Further pictures"),
            Member("category_l1", \.group, "The group of its kind", example: "Computers"),
            Member("category_l2", \.category, "Its kind", example: "laptop"),
        ]
    }

    struct Pitch: Answer {
        let line: String
        let tiktok: String
        let benefits: [Benefit]
        let audience: Audience

        static let members: [Member<Self>] = [
            Member("one_liner", \.line, "At most 140 characters"),
            Member("why_it_wins_on_tiktok", \.tiktok, "What videos have brought, or that there are none"),
            Member("key_benefits", \.benefits, "At most four properties"),
            Member("target_audience", \.audience, "Whom it is for, where that was said"),
        ]
    }

    struct Benefit: Answer {
        let icon: String
        let title: String
        let text: String

        static let members: [Member<Self>] = [
            Member(
                "icon",
                \.icon,
                "A name: size, power, memory, screen, colour, network, sound, check, spec",
                example: "spec"
            ),
            Member("title", \.title, "The property"),
            Member("desc", \.text, "Its value"),
        ]
    }

    struct Audience: Answer {
        let persona: String
        let age: String
        let regions: [String]

        static let members: [Member<Self>] = [
            Member("persona", \.persona, "Empty where it was not said"),
            Member("age", \.age, "Empty where it was not said"),
            Member("region", \.regions, "Where the shopper is"),
        ]
    }

    struct Story: Answer {
        let headline: String
        let bullets: [String]
        let score: FixedPoint

        static let members: [Member<Self>] = [
            Member("headline", \.headline, "Why it is shown"),
            Member("bullets", \.bullets, "A sentence for each known factor of the score"),
            Member("moras_score", \.score, "0 to 10, of relevance, evidence, value, reputation and availability"),
        ]
    }

    struct VideoPart: Answer {
        let video: Video
        let gmvUSD: Int64?

        static let members: [Member<Self>] = [
            Member("task_id", \.video.taskID, "The video"),
            Member("creator", { CreatorPart(creator: $0.video.creator) }, "Who shows it"),
            Member("thumbnail", { $0.video.thumbnail.nonEmpty }, "A still"),
            Member("video_url", { $0.video.url.nonEmpty }, "The video's file"),
            Member("duration_s", \.video.durationSeconds, "How long it is", unit: "s"),
            Member(
                "gmv_usd",
                { PlainNumber($0.gmvUSD ?? 0) },
                "What it has sold, in dollars; 0 without a rate",
                unit: "USD"
            ),
            Member("gmv", { MoneyOutput($0.video.gmv) }, "What it has sold"),
            Member("orders", \.video.orders, "Orders that it has brought"),
            Member("views", \.video.views, "How often it was seen"),
            Member("conversion_score", \.video.conversionScore, "The lower end of orders a view at 95 %"),
            Member("tiktok_video_url", { $0.video.tiktokURL.nonEmpty }, "Where it was published"),
        ]
    }

    struct CreatorPart: Answer {
        let creator: Creator

        static let members: [Member<Self>] = [
            Member("username", \.creator.username, "The creator"),
            Member("display_name", \.creator.displayName, "As they call themselves"),
            Member("avatar", { $0.creator.avatar.nonEmpty }, "A picture"),
            Member("followers", \.creator.followers, "Who follow them"),
        ]
    }

    struct Call: Answer {
        let primary: Button
        let secondary: Button

        static let members: [Member<Self>] = [
            Member("primary", \.primary, "To the shop; the address is shown as it stands"),
            Member("secondary", \.secondary, "To a page with all videos and facts"),
        ]
    }

    struct Button: Answer {
        let label: String
        let url: String

        static let members: [Member<Self>] = [
            Member("label", \.label, "What the button says"),
            Member(
                "url",
                \.url,
                "Where it leads",
                example: "https://souk.example.com/commerce/r/rec_0198c5d2-7b40-7000-8000-000000000001"
            ),
        ]
    }

    struct Compliance: Answer {
        let regions: [String]
        let risk: Risk

        static let members: [Member<Self>] = [
            Member("region_allow", \.regions, "Where it may be sold"),
            Member("risk_level", \.risk, "How much is to be minded"),
        ]
    }

    enum Risk: String, Wire, CaseIterable {
        case low, medium, high
    }

    struct SourcePart: Answer {
        let source: DataSource

        static let members: [Member<Self>] = [
            Member("name", \.source.name, "Whose data it is"),
            Member("license", \.source.license, "Under which licence"),
            Member("url", \.source.url, "The licence"),
            Member("notice", \.source.notice, "What must be said"),
        ]
    }
}

extension String {
    /// Nil for an empty one.
    var nonEmpty: String? { self.isEmpty ? nil : self }
}
