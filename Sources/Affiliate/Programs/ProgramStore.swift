import Kernel
import Platform
import Search
import Storage

struct ProgramStore {
    let tx: Transaction

    private static let source: SQL = """
        affiliate_program p JOIN affiliate_category c ON c.id = p.category_id
        JOIN affiliate_account advertiser ON advertiser.identity_id = p.advertiser_id
        """

    func find(_ id: ProgramID) throws -> Program? { try self.list([id]).first }

    /// Throws `programNotFound`.
    func require(_ id: ProgramID) throws -> Program {
        guard let program = try self.find(id) else { throw AffiliateProblems.programNotFound }
        return program
    }

    /// What everybody may see. Throws `programNotFound`.
    func requireActive(_ id: ProgramID) throws -> Program {
        let program = try self.require(id)
        guard program.content.status == .active else { throw AffiliateProblems.programNotFound }
        return program
    }

    /// Throws `programNotFound`, also for another advertiser's.
    func require(_ id: ProgramID, of advertiser: ID<Identity>) throws -> Program {
        let program = try self.require(id)
        guard program.advertiser == advertiser else { throw AffiliateProblems.programNotFound }
        return program
    }

    /// In the order of the ids; unknown ones are left out.
    func list(_ ids: [ProgramID]) throws -> [Program] {
        let found = try self.tx.rows(
            "SELECT \(raw: Program.columns) FROM \(Self.source) WHERE p.id IN (\(list: ids))",
            as: Program.self
        )
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }

    /// All of them by number, after one.
    func list(after id: ProgramID, limit: Int) throws -> [Program] {
        try self.tx.rows(
            "SELECT \(raw: Program.columns) FROM \(Self.source) WHERE p.id > \(id) ORDER BY p.id LIMIT \(limit)"
        )
    }

    /// Newest first.
    func list(of advertiser: ID<Identity>) throws -> [Program] {
        try self.tx.rows(
            """
            SELECT \(raw: Program.columns) FROM \(Self.source)
            WHERE p.advertiser_id = \(advertiser) ORDER BY p.id DESC
            """
        )
    }

    func count(of advertiser: ID<Identity>) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM affiliate_program WHERE advertiser_id = \(advertiser)") ?? 0
    }

    func insert(_ content: Program.Content, of advertiser: ID<Identity>) throws -> ProgramID {
        let (terms, now) = (content.terms, self.tx.now)
        let text = try JSON.text(terms)
        let campaign = terms.campaign
        let id: ProgramID = try self.tx.value(
            """
            INSERT INTO affiliate_program (advertiser_id, category_id, name, description, landing_url, status,
                terms_version, terms, reward_type, reward_amount, self_back, campaign_starts_at, campaign_ends_at,
                allow_listing, itp_supported, auto_approve, has_product_link, monthly_budget, click_limit, valid_clicks,
                approved_count, rejected_count, reward_total, confirmation_rate, epc, created_at, updated_at,
                published_at)
            VALUES (\(advertiser), \(content.categoryID), \(content.name), \(content.description),
                \(content.landingURL), \(content.status), 1, \(text), \(terms.rewardType), \(terms.typicalReward),
                \(terms.allowsSelfBack), \(campaign?.startsAt), \(campaign?.endsAt), \(content.allowsListing),
                \(content.supportsITP), \(content.approvesAtOnce), 0, \(content.monthlyBudget),
                \(content.clickLimit), 0, 0, 0, 0, -1, -1,
                \(now), \(now), \(now))
            RETURNING id
            """
        )!
        try self.insertTerms(text, version: 1, of: id)
        try self.index(id)
        return id
    }

    /// Terms that differ become the next version.
    func update(_ program: Program, to content: Program.Content) throws {
        let (terms, now) = (content.terms, self.tx.now)
        let text = try JSON.text(terms)
        let version = terms == program.content.terms ? program.termsVersion : program.termsVersion + 1
        if version != program.termsVersion { try self.insertTerms(text, version: version, of: program.id) }
        let publishedAt = program.content.status == .draft && content.status == .active ? now : program.publishedAt
        try self.tx.execute(
            """
            UPDATE affiliate_program SET category_id = \(content.categoryID), name = \(content.name),
                description = \(content.description), landing_url = \(content.landingURL), status = \(content.status),
                terms_version = \(version), terms = \(text), reward_type = \(terms.rewardType),
                reward_amount = \(terms.typicalReward), self_back = \(terms.allowsSelfBack),
                campaign_starts_at = \(terms.campaign?.startsAt), campaign_ends_at = \(terms.campaign?.endsAt),
                allow_listing = \(content.allowsListing), itp_supported = \(content.supportsITP),
                auto_approve = \(content.approvesAtOnce), monthly_budget = \(content.monthlyBudget),
                click_limit = \(content.clickLimit),
                updated_at = \(now), published_at = \(publishedAt)
            WHERE id = \(program.id)
            """
        )
        try self.index(program.id)
    }

    private func insertTerms(_ text: String, version: Int, of program: ProgramID) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_terms (program_id, version, terms, created_at)
            VALUES (\(program), \(version), \(text), \(self.tx.now))
            """
        )
    }

    /// Only active programs are found; whoever keeps the program in memory is told.
    private func index(_ id: ProgramID) throws {
        if let document = try self.find(id)?.searchDocument {
            try self.tx.put(document, in: ProgramSearch.kind)
        } else {
            try self.tx.remove("\(id)", from: ProgramSearch.kind)
        }
        try self.tx.invalidate(ProgramChanges.topic, "\(id)")
    }

    /// What the program promised in a version.
    func findTerms(_ program: ProgramID, version: Int) throws -> Terms? {
        try self.tx.value(
            "SELECT terms FROM affiliate_terms WHERE program_id = \(program) AND version = \(version)",
            as: String.self
        ).map { try Terms(text: $0) }
    }

    // MARK: Figures

    /// Counts the valid clicks anew, from the days.
    func countClicks(of program: ProgramID) throws {
        let clicks: Int64? = try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(valid_clicks), 0) AS BIGINT) FROM affiliate_click_day WHERE program_id = \(program)
            """
        )
        try self.tx.execute(
            """
            UPDATE affiliate_program SET valid_clicks = \(clicks ?? 0),
                epc = CASE WHEN \(clicks ?? 0) = 0 THEN -1 ELSE reward_total * 100 / \(max(1, clicks ?? 0)) END
            WHERE id = \(program)
            """
        )
        try self.tx.touch("\(program)", in: ProgramSearch.kind)
    }

    /// Programs whose valid clicks are not what their days say.
    func listWithClicks() throws -> [ProgramID] {
        try self.tx.rows(
            """
            SELECT p.id FROM affiliate_program p WHERE p.valid_clicks <> (
                SELECT COALESCE(SUM(d.valid_clicks), 0) FROM affiliate_click_day d WHERE d.program_id = p.id
            ) ORDER BY p.id
            """
        ) { try $0.column() }
    }

    // MARK: Creatives

    func listCreatives(of program: ProgramID) throws -> [Creative] {
        try self.tx.rows(
            "SELECT \(raw: Creative.columns) FROM affiliate_creative WHERE program_id = \(program) ORDER BY id"
        )
    }

    func insert(_ creative: Creative, of program: ProgramID) throws -> CreativeID {
        let id: CreativeID = try self.tx.value(
            """
            INSERT INTO affiliate_creative (program_id, kind, title, text, url, width, height, price, created_at)
            VALUES (\(program), \(creative.kind), \(creative.title), \(creative.text), \(creative.url),
                \(creative.width), \(creative.height), \(creative.price), \(self.tx.now))
            RETURNING id
            """
        )!
        try self.countProducts(of: program)
        return id
    }

    /// Whether the program had it.
    func delete(creative id: CreativeID, of program: ProgramID) throws -> Bool {
        let deleted = try self.tx.count(
            "DELETE FROM affiliate_creative WHERE id = \(id) AND program_id = \(program)"
        )
        try self.countProducts(of: program)
        return deleted == 1
    }

    private func countProducts(of program: ProgramID) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_program SET has_product_link = CASE WHEN EXISTS (
                SELECT 1 FROM affiliate_creative WHERE program_id = \(program) AND kind = 'product'
            ) THEN 1 ELSE 0 END WHERE id = \(program)
            """
        )
        try self.index(program)
    }

    // MARK: Categories

    func listCategories() throws -> [ProgramCategory] {
        try self.tx.rows(
            "SELECT \(raw: ProgramCategory.columns) FROM affiliate_category c ORDER BY c.sort_order, c.id"
        )
    }

    /// How many active programs each category has.
    func countByCategory() throws -> [CategoryID: Int64] {
        let counts: [(CategoryID, Int64)] = try self.tx.rows(
            """
            SELECT category_id, COUNT(*) FROM affiliate_program WHERE status = 'active' GROUP BY category_id
            """
        ) { (try $0.column(), try $0.column()) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    func findCategory(_ id: CategoryID) throws -> ProgramCategory? {
        try self.tx.row("SELECT \(raw: ProgramCategory.columns) FROM affiliate_category c WHERE c.id = \(id)")
    }

    /// Throws `StorageError.constraint` named `affiliate_category_slug` when the slug is taken.
    func insertCategory(name: String, japaneseName: String, slug: String, description: String, sortOrder: Int) throws
        -> CategoryID
    {
        try self.tx.value(
            """
            INSERT INTO affiliate_category (name, name_ja, slug, description, sort_order)
            VALUES (\(name), \(japaneseName), \(slug), \(description), \(sortOrder)) RETURNING id
            """
        )!
    }

    func updateCategory(_ id: CategoryID, name: String, japaneseName: String, description: String, sortOrder: Int)
        throws
    {
        try self.tx.execute(
            """
            UPDATE affiliate_category SET name = \(name), name_ja = \(japaneseName), description = \(description),
                sort_order = \(sortOrder) WHERE id = \(id)
            """
        )
        // Programs are found by their category's name, too.
        let programs: [ProgramID] = try self.tx.rows(
            "SELECT id FROM affiliate_program WHERE category_id = \(id) AND status = 'active'"
        ) { try $0.column() }
        for program in programs { try self.tx.touch("\(program)", in: ProgramSearch.kind) }
    }

    // MARK: Budget

    /// Takes the reward out of the month's budget; false when it does not suffice. Counted also without a limit, since one may come.
    ///
    /// - Parameter reward: the difference, where the budget has paid for another report of the order.
    func takeBudget(_ reward: Yen, of program: ProgramID, month: String, limit: Yen?) throws -> Bool {
        guard reward <= limit ?? reward else { return false }
        return try self.tx.count(
            """
            INSERT INTO affiliate_budget (program_id, month, used) VALUES (\(program), \(month), \(reward))
            ON CONFLICT (program_id, month) DO UPDATE SET used = affiliate_budget.used + excluded.used
                WHERE affiliate_budget.used + excluded.used <= \(limit ?? Yen(.max))
            """
        ) == 1
    }

    func giveBudgetBack(_ reward: Yen, of program: ProgramID, month: String) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_budget SET used = used - \(reward) WHERE program_id = \(program) AND month = \(month)
            """
        )
    }

    func findBudgetUsed(_ program: ProgramID, month: String) throws -> Yen {
        try self.tx.value(
            "SELECT used FROM affiliate_budget WHERE program_id = \(program) AND month = \(month)"
        ) ?? 0
    }
}

extension Transaction {
    var programs: ProgramStore { ProgramStore(tx: self) }
}
