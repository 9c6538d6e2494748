import Kernel
import Platform
import Web

/// Makes cards of stored facts. Every sentence states one of them, in one of four languages.
struct CardMaker: Sendable {
    static let lineLimit = 140
    static let videoLimit = 5
    static let benefitLimit = 4

    let rates: ExchangeRates
    let medians: CategoryMedians
    /// Where products without regions may be sold.
    let regions: [Region]
    /// Where clients reach this surface, without a slash at the end.
    let publicURL: String

    /// For whom and why a card is made.
    struct Occasion: Sendable {
        let language: Language
        var region: Region?
        var channel: String?
        var persona = ""
        var age = ""
        var reason = Reason.product
        /// Names and values of properties that were asked for stand first.
        var words: [String] = []
        /// Only this creator's videos.
        var creator: String?
        let at: Timestamp
    }

    enum Reason: Sendable, Equatable {
        /// The product alone was asked for.
        case product
        /// Relevance 0 to 1, and whether all words were found.
        case match(Double, isWhole: Bool)
        /// Much looked at now.
        case trending
        /// Nothing fits better.
        case shelf
        case showcase
    }

    func score(_ facts: ProductFacts, _ reason: Reason) -> CardScore {
        let content = facts.product.content
        let relevance: Double?? = if case .match(let relevance, _) = reason { .some(relevance) } else { nil }
        let price = content.price.flatMap { price in
            self.medians.find(content.category, price.currency).map { (price.micros, $0) }
        }
        return CardScore(
            relevance: relevance,
            orders: facts.orders + facts.videos.reduce(0) { $0 + $1.orders },
            price: price,
            reputation: nil,
            availability: content.availability
        )
    }

    func card(_ id: ID<Recommendation>, _ facts: ProductFacts, _ occasion: Occasion, _ score: CardScore) -> Card {
        let videos = facts.videos.filter { occasion.creator == nil || $0.creator.username == occasion.creator }
            .sorted { ($1.conversionScore.value, $0.taskID) < ($0.conversionScore.value, $1.taskID) }
            .prefix(Self.videoLimit)
        let benefits = self.benefits(facts, occasion)
        return Card(
            recID: id,
            product: self.part(of: facts.product),
            pitch: Card.Pitch(
                line: Self.line(facts.product.content.title, benefits.first),
                tiktok: self.proof(Array(videos), occasion.language),
                benefits: benefits,
                audience: Card.Audience(
                    persona: occasion.persona,
                    age: occasion.age,
                    regions: occasion.region.map { [$0.written] } ?? []
                )
            ),
            story: Card.Story(
                headline: CommerceWords.all.say(Self.headline(occasion.reason), in: occasion.language),
                bullets: self.bullets(score, facts.product.content, occasion),
                score: score.value
            ),
            videos: videos.map { Card.VideoPart(video: $0, gmvUSD: self.rates.dollars(of: $0.gmv)) },
            call: self.call(id, occasion.language),
            compliance: self.compliance(facts, occasion.region),
            source: facts.merchant.source.map { Card.SourcePart(source: $0) },
            generatedAt: occasion.at.utc,
            channel: occasion.channel
        )
    }

    // MARK: The product

    private func part(of product: Product) -> Card.ProductPart {
        let content = product.content
        return Card.ProductPart(
            id: product.id,
            title: content.title,
            brand: content.brand.nonEmpty,
            priceUSD: content.price.flatMap { self.rates.dollars(of: $0) }.map { PlainNumber($0) },
            originalPriceUSD: content.originalPrice.flatMap { self.rates.dollars(of: $0) }.map { PlainNumber($0) },
            price: content.price.map { MoneyOutput($0) },
            discount: Self.discount(content),
            image: content.image.nonEmpty,
            gallery: content.gallery,
            group: content.group.nonEmpty,
            category: content.category.nonEmpty
        )
    }

    /// In whole percent, rounded down; nil below one.
    private static func discount(_ content: ProductContent) -> String? {
        guard let price = content.price?.micros, let original = content.originalPrice?.micros, original > price else {
            return nil
        }
        let (high, low) = (original - price).multipliedFullWidth(by: 100)
        let percent = original.dividingFullWidth((high, low)).quotient
        return percent > 0 ? "-\(percent)%" : nil
    }

    private static func line(_ title: String, _ benefit: Card.Benefit?) -> String {
        let end = benefit.map { " · \($0.title): \($0.text)" } ?? ""
        let whole = title + end
        if whole.unicodeScalars.count <= self.lineLimit { return whole }
        if title.unicodeScalars.count <= self.lineLimit { return title }
        return String(String.UnicodeScalarView(title.unicodeScalars.prefix(self.lineLimit - 1))) + "…"
    }

    /// What was asked for comes first.
    private func benefits(_ facts: ProductFacts, _ occasion: Occasion) -> [Card.Benefit] {
        let words = occasion.words
        var (asked, others): ([ProductFacts.Property], [ProductFacts.Property]) = ([], [])
        for property in facts.properties {
            if words.contains(where: property.says) {
                asked.append(property)
            } else if others.count < Self.benefitLimit {
                others.append(property)
            }
        }
        return (asked.sorted { $0.name < $1.name } + others).prefix(Self.benefitLimit).map {
            Card.Benefit(icon: $0.icon, title: $0.name, text: $0.text)
        }
    }

    // MARK: Sentences

    private func proof(_ videos: [Video], _ language: Language) -> String {
        guard let best = videos.first, best.orders > 0 || best.views > 0 else {
            return CommerceWords.all.say(videos.isEmpty ? "card_no_video" : "card_new_video", in: language)
        }
        return CommerceWords.all.say(
            "card_video",
            ["creator": best.creator.displayName, "views": "\(best.views)", "orders": "\(best.orders)"],
            in: language
        )
    }

    private static func headline(_ reason: Reason) -> String {
        switch reason {
        case .product: "headline_product"
        case .match(_, let isWhole): isWhole ? "headline_match" : "headline_near"
        case .trending: "headline_trending"
        case .shelf: "headline_shelf"
        case .showcase: "headline_showcase"
        }
    }

    /// A sentence for each factor that is known.
    private func bullets(_ score: CardScore, _ content: ProductContent, _ occasion: Occasion) -> [String] {
        score.factors.compactMap { factor in
            guard let value = factor.value else { return nil }
            let key: String
            switch factor.name {
            case "relevance": key = value >= 0.95 ? "bullet_relevance_all" : "bullet_relevance_some"
            case "evidence": key = "bullet_evidence"
            case "value":
                key = value > 0.5 ? "bullet_value_low" : value == 0.5 ? "bullet_value_usual" : "bullet_value_high"
            case "availability": key = "availability.\(content.availability.rawValue)"
            default: key = "bullet_reputation"
            }
            return CommerceWords.all.say(key, in: occasion.language)
        }
    }

    private func call(_ id: ID<Recommendation>, _ language: Language) -> Card.Call {
        Card.Call(
            primary: .init(
                label: CommerceWords.all.say("cta_shop", in: language),
                url: "\(self.publicURL)/r/\(id.text)"
            ),
            secondary: .init(
                label: CommerceWords.all.say("cta_videos", in: language),
                url: "\(self.publicURL)/v/\(id.text)"
            )
        )
    }

    // MARK: Compliance

    /// Kinds of products that are restricted in many places.
    private static let restricted = [
        "weapon", "gun", "knife", "alcohol", "wine", "beer", "tobacco", "cigar", "vape", "adult", "medic", "supplement",
        "drug",
    ]

    private func compliance(_ facts: ProductFacts, _ region: Region?) -> Card.Compliance {
        let content = facts.product.content
        let declared = content.regions.isEmpty ? self.regions : content.regions
        let all =
            content.regions.isEmpty
            ? declared + [region].compactMap(\.self).filter { !declared.contains($0) } : declared
        let kind = "\(content.group) \(content.category)".lowercased()
        let median = content.price.flatMap { self.medians.find(content.category, $0.currency) }
        let isDear = median.map { median in content.price.map { $0.micros / 10 > median } ?? false } ?? false
        let risk: Card.Risk =
            if content.isAgeRestricted || Self.restricted.contains(where: { kind.bytewise.contains($0) }) {
                .high
            } else if content.price == nil || content.image.isEmpty || isDear {
                .medium
            } else {
                .low
            }
        return Card.Compliance(regions: all.flatMap(\.spellings), risk: risk)
    }
}
