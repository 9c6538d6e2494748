import Kernel
import Storage

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
}

/// Finds active programs.
struct ProgramSearchStore {
    let tx: Transaction

    /// The page, and how many there are in all.
    func search(_ query: ProgramQuery) throws -> (programs: [ProgramID], total: Int) {
        let conditions = self.conditions(query)
        guard let keyword = query.keyword else {
            let rows: SQL = "affiliate_program p"
            return try (self.page(of: rows, where: conditions, query), self.count(rows, conditions))
        }
        guard let matches = AffiliateSchema.search.matches(keyword, on: self.tx.engine) else { return ([], 0) }
        let filter = SearchMatches.Filter(joins: Self.join, conditions: [Self.meets] + conditions)
        let isNarrowed = conditions.count > 1
        let total = try matches.count(isNarrowed ? filter : nil, in: self.tx)
        guard query.sort != nil else {
            let found = try matches.page(
                isNarrowed ? filter : .none,
                limit: query.limit,
                offset: query.offset,
                total: total,
                in: self.tx
            )
            return (found.compactMap { NumericID($0) }, total)
        }
        let found = try self.page(
            of: "\(matches.all.from) \(Self.join)",
            where: [matches.all.condition, Self.meets] + conditions,
            query
        )
        return (found, total)
    }

    private static let join: SQL = "CROSS JOIN affiliate_program p"
    private static let meets: SQL = "p.id = CAST(hit.id AS BIGINT)"

    private func count(_ rows: SQL, _ conditions: [SQL]) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM \(rows) WHERE \(SQL.all(conditions))") ?? 0
    }

    private func page(of rows: SQL, where conditions: [SQL], _ query: ProgramQuery) throws -> [ProgramID] {
        let order: SQL =
            switch query.sort ?? .newest {
            case .newest: "p.published_at DESC, p.id DESC"
            case .rewardDescending: "p.reward_amount DESC, p.id DESC"
            case .rewardAscending: "p.reward_amount, p.id"
            case .name: "p.name, p.id"
            case .confirmationRateDescending: "p.confirmation_rate DESC, p.id DESC"
            case .epcDescending: "p.epc DESC, p.id DESC"
            }
        return try self.tx.rows(
            """
            SELECT p.id FROM \(rows) WHERE \(SQL.all(conditions))
            ORDER BY \(order) LIMIT \(query.limit) OFFSET \(query.offset)
            """
        ) { try $0.column() }
    }

    /// The first one, that it is active, always stands.
    private func conditions(_ query: ProgramQuery) -> [SQL] {
        var conditions: [SQL] = ["p.status = 'active'"]
        if let id = query.categoryID { conditions.append("p.category_id = \(id)") }
        if let slug = query.categorySlug {
            conditions.append("p.category_id = (SELECT id FROM affiliate_category WHERE slug = \(slug))")
        }
        if let type = query.rewardType { conditions.append("p.reward_type = \(type)") }
        if let reward = query.minReward { conditions.append("p.reward_amount >= \(reward)") }
        if let rate = query.minConfirmationRate, rate > 0 { conditions.append("p.confirmation_rate >= \(rate * 100)") }
        if query.selfAffiliate { conditions.append("p.self_back = 1") }
        if query.allowListing { conditions.append("p.allow_listing = 1") }
        if query.hasProductLink { conditions.append("p.has_product_link = 1") }
        if query.itpSupported { conditions.append("p.itp_supported = 1") }
        if query.autoApprove { conditions.append("p.auto_approve = 1") }
        if query.isCampaign {
            conditions.append("p.campaign_starts_at <= \(self.tx.now) AND p.campaign_ends_at > \(self.tx.now)")
        }
        if query.isNew {
            conditions.append("p.published_at > \(self.tx.now.adding(seconds: -Program.newDays * 86_400))")
        }
        return conditions
    }

    /// What programs earn a click, in hundredths of a yen.
    func listEarnings(of ids: [ProgramID]) throws -> [(program: ProgramID, epc: Int64)] {
        try self.tx.rows("SELECT id, epc FROM affiliate_program WHERE id IN (\(list: ids))") {
            (program: try $0.column(), epc: try $0.column())
        }
    }

    /// Every active program, by name.
    func listCatalog() throws -> [CatalogEntry] {
        try self.tx.rows(
            """
            SELECT \(raw: CatalogEntry.columns) FROM affiliate_program p
            JOIN affiliate_category c ON c.id = p.category_id WHERE p.status = 'active' ORDER BY p.name, p.id
            """
        )
    }

    /// Approved conversions of all programs, also of those that have ended.
    func countApproved() throws -> Int64 {
        try self.tx.value("SELECT CAST(COALESCE(SUM(approved_count), 0) AS BIGINT) FROM affiliate_program") ?? 0
    }

    func countActive() throws -> Int { try self.count("affiliate_program p", ["p.status = 'active'"]) }
}

extension Transaction {
    var programSearch: ProgramSearchStore { ProgramSearchStore(tx: self) }
}
