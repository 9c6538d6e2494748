import Kernel
import Search
import Storage

/// How active programs are found.
enum ProgramSearch {
    static let kind = SearchKind(
        "affiliate.programs",
        fields: [
            SearchField("name", weight: 3, usualLength: 4), SearchField("category", weight: 1.5, usualLength: 5),
            SearchField("description", weight: 1, usualLength: 20),
        ],
        columns: [
            SearchColumn("category_id", .exact), SearchColumn("category", .exact), SearchColumn("reward_type", .exact),
            SearchColumn("flags", .set), SearchColumn("reward", .number), SearchColumn("confirmation_rate", .number),
            SearchColumn("epc", .number), SearchColumn("published_at", .number),
            SearchColumn("campaign_starts_at", .number), SearchColumn("campaign_ends_at", .number),
            SearchColumn("name", .text),
        ]
    )

    static let source = SearchSource(
        kind,
        load: { tx, ids in try tx.programs.list(ids.compactMap { ProgramID($0) }).compactMap(\.searchDocument) },
        page: { tx, after, limit in
            let programs = try tx.programs.list(after: after.flatMap { ProgramID($0) } ?? 0, limit: limit)
            return .init(programs.compactMap(\.searchDocument), last: programs.last.map { "\($0.id)" })
        }
    )
}

extension Program {
    /// Nil for a program that cannot be found.
    var searchDocument: SearchDocument? {
        guard self.content.status == .active else { return nil }
        let (content, terms, figures) = (self.content, self.content.terms, self.figures)
        let flags = [
            ("self_back", terms.allowsSelfBack), ("listing", content.allowsListing),
            ("product_link", figures.hasProductLink), ("itp", content.supportsITP),
            ("auto_approve", content.approvesAtOnce),
        ].filter(\.1).map(\.0)
        let rate = Figures.confirmationRate(approved: figures.approved, rejected: figures.rejected)
        return SearchDocument(
            id: "\(self.id)",
            texts: [
                content.name, "\(self.category.name) · \(self.category.japaneseName) · \(self.category.slug)",
                content.description,
            ],
            values: [
                .exact("\(content.categoryID)"), .exact(self.category.slug), .exact(terms.rewardType.rawValue),
                .set(flags),
                .number(terms.typicalReward.smallestUnits), .number(rate ?? -1),
                .number(Figures.epc(reward: figures.reward, validClicks: figures.validClicks) ?? -1),
                .number(self.publishedAt.microseconds), .number(terms.campaign?.startsAt ?? .max),
                .number(terms.campaign?.endsAt ?? .min), .text(content.name),
            ],
            order: self.id.value
        )
    }
}

/// What `publisher.programs_search` asks for.
struct ProgramQuery: Sendable, Hashable {
    var categoryID: CategoryID?
    var categorySlug: String?
    var rewardType: Terms.RewardType?
    var keyword: String?
    var minReward: Yen?
    /// In whole percent.
    var minConfirmationRate: Int64?
    var selfAffiliate = false
    var allowListing = false
    var hasProductLink = false
    var itpSupported = false
    var isCampaign = false
    var isNew = false
    var autoApprove = false
    /// Nil for the best matches of a keyword, and else the newest.
    var sort: Sort?
    var limit: Int
    var offset: Int

    enum Sort: String, Sendable, CaseIterable {
        case newest
        case rewardDescending = "reward_desc"
        case rewardAscending = "reward_asc"
        case name
        case confirmationRateDescending = "confirmation_rate_desc"
        case epcDescending = "epc_desc"
    }

    func search(at now: Timestamp) -> SearchQuery {
        var filters: [SearchFilter] = []
        if let id = self.categoryID { filters.append(.any("category_id", of: ["\(id)"])) }
        if let slug = self.categorySlug { filters.append(.any("category", of: [slug])) }
        if let type = self.rewardType { filters.append(.any("reward_type", of: [type.rawValue])) }
        if let reward = self.minReward { filters.append(.range("reward", from: reward.smallestUnits)) }
        if let rate = self.minConfirmationRate, rate > 0 {
            filters.append(.range("confirmation_rate", from: rate * 100))
        }
        let flags = [
            ("self_back", self.selfAffiliate), ("listing", self.allowListing), ("product_link", self.hasProductLink),
            ("itp", self.itpSupported), ("auto_approve", self.autoApprove),
        ]
        for (flag, isAsked) in flags where isAsked { filters.append(.any("flags", of: [flag])) }
        if self.isCampaign {
            filters.append(.range("campaign_starts_at", to: now.microseconds))
            filters.append(.range("campaign_ends_at", from: now.microseconds + 1))
        }
        if self.isNew {
            let since = now.adding(seconds: -Program.newDays * 86_400)
            filters.append(.range("published_at", from: since.microseconds + 1))
        }
        return SearchQuery(self.keyword, filters: filters, sort: self.order, limit: self.limit, offset: self.offset)
    }

    private var order: SearchQuery.Sort {
        switch self.sort {
        case nil: self.keyword == nil ? .descending("published_at") : .relevance
        case .newest?: .descending("published_at")
        case .rewardDescending?: .descending("reward")
        case .rewardAscending?: .ascending("reward")
        case .name?: .ascending("name")
        case .confirmationRateDescending?: .descending("confirmation_rate")
        case .epcDescending?: .descending("epc")
        }
    }
}
