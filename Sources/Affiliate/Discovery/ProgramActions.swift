import Kernel
import Platform
import Storage
import Web

/// How publishers and agents find programs.
struct ProgramActions: Sendable {
    let database: any Database
    let cache: ProgramCache
    let clock: WallClock

    var actions: [Action] {
        [
            Action("publisher.programs_search", self.search),
            Action("publisher.programs_detail", self.detail),
            Action("publisher.selfback_list", self.selfBack),
            Action("agent.recommend", self.recommend),
            Action("agent.program_detail", self.agentDetail),
            Action("agent.catalog", self.catalog),
            Action("agent.categories", self.categories),
        ]
    }

    // MARK: Search

    struct SearchInput: Input {
        let query: ProgramQuery
        let paging: Paging

        init(_ read: inout InputReader) {
            let (filter, keyword) = (
                Filter(&read),
                read.optionalBody(
                    "keyword",
                    .string,
                    "Words in the name or the description",
                    .atMost(200)
                )
            )
            let minReward = read.optionalBody(
                "min_reward",
                .integer,
                "At least this reward (JPY)",
                .range(0...Int(Terms.amountLimit.smallestUnits))
            )
            let minRate = read.optionalBody(
                "min_confirmation_rate",
                .integer,
                "At least this confirmation rate (%)",
                .range(0...100)
            )
            let isSet = { (read: inout InputReader, name: String, summary: String) in
                read.body(name, .boolean, default: false, json: false, summary)
            }
            let selfAffiliate = isSet(&read, "self_affiliate", "Only programs that allow self-back")
            let allowListing = isSet(&read, "allow_listing", "Only programs that allow listing ads")
            let hasProductLink = isSet(&read, "has_product_link", "Only programs with product links")
            let itpSupported = isSet(&read, "itp_supported", "Only programs that are ready for ITP")
            let isCampaign = isSet(&read, "is_campaign", "Only programs with a campaign now")
            let isNew = isSet(&read, "is_new", "Only programs of the last \(Program.newDays) days")
            let autoApprove = isSet(&read, "auto_approve", "Only programs that approve at once")
            let sorts = ProgramQuery.Sort.allCases.map(\.rawValue)
            let sort = read.optionalBody(
                "sort",
                .string,
                "Without it the best matches of a keyword come first, and else the newest",
                .oneOf(sorts)
            )
            self.paging = Paging(&read)
            var query = ProgramQuery(limit: self.paging.limit, offset: self.paging.offset)
            filter.narrow(&query)
            query.keyword = keyword.flatMap { $0.trimmed.isEmpty ? nil : $0 }
            query.minReward = minReward.map { Yen(Int64($0)) }
            query.minConfirmationRate = minRate.map { Int64($0) }
            (query.selfAffiliate, query.allowListing, query.hasProductLink) = (
                selfAffiliate, allowListing, hasProductLink
            )
            (query.itpSupported, query.isCampaign, query.isNew) = (itpSupported, isCampaign, isNew)
            query.autoApprove = autoApprove
            query.sort = sort.flatMap { ProgramQuery.Sort(rawValue: $0) }
            self.query = query
        }
    }

    /// Category and kind of reward, which searches and recommendations share.
    struct Filter {
        let categoryID: CategoryID?
        let categorySlug: String?
        let rewardType: Terms.RewardType?

        init(_ read: inout InputReader) {
            self.categoryID = read.optionalBody("category_id", .integer, "Category ID").map { NumericID($0) }
            self.categorySlug = read.optionalBody("category_slug", .string, "Category slug, such as ai-chatbot")
            let types = Terms.RewardType.allCases.map(\.rawValue)
            self.rewardType = read.optionalBody(
                "reward_type",
                .string,
                "cpa, cpc or cpi",
                .oneOf(types)
            ).flatMap { Terms.RewardType(rawValue: $0) }
        }

        func narrow(_ query: inout ProgramQuery) {
            query.categoryID = self.categoryID
            query.categorySlug = self.categorySlug
            query.rewardType = self.rewardType
        }
    }

    var search: Operation<SearchInput, ProgramPage> {
        Operation("Search programs", access: .publisher) { input, _, _ in
            try await self.page(input.query, input.paging)
        }
    }

    var selfBack: Operation<PageInput, ProgramPage> {
        Operation("Programs that allow self-back, the highest reward first", access: .publisher) { input, _, _ in
            var query = ProgramQuery(limit: input.paging.limit, offset: input.paging.offset)
            query.selfAffiliate = true
            query.sort = .rewardDescending
            return try await self.page(query, input.paging)
        }
    }

    private func page(_ query: ProgramQuery, _ paging: Paging) async throws -> ProgramPage {
        let (programs, total) = try await self.cache.search(query)
        return paging.page(programs, total: total)
    }

    /// Programs that are written already.
    typealias ProgramPage = NumberedPage<Written<ProgramOutput>>

    // MARK: Detail

    struct DetailWithPartnership: Answer {
        let detail: ProgramDetail
        let partnership: PartnershipOutput?

        static let members =
            Member.all(of: \.detail) + [
                Member<Self>("partnership", \.partnership, "Yours, unless it was cancelled"),
                Member("partnership_status", \.partnership?.partnership.status, "Its state", example: "approved"),
            ]
    }

    var detail: Operation<ProgramInput, DetailWithPartnership> {
        Operation("A program with its creatives and your partnership", access: .publisher) { input, caller, _ in
            let publisher = caller.identity
            let now = self.clock.now()
            return try await self.database.read { tx in
                let partnership = try tx.partnerships.find(program: input.id, of: publisher).flatMap {
                    $0.status == .cancelled ? nil : $0
                }
                // Partners still see what is paused or has ended.
                let program =
                    try partnership == nil ? tx.programs.requireActive(input.id) : tx.programs.require(input.id)
                return DetailWithPartnership(
                    detail: ProgramDetail(program, try tx.programs.listCreatives(of: program.id), at: now),
                    partnership: partnership.map { PartnershipOutput(partnership: $0) }
                )
            }
        }
        .refusing(AffiliateProblems.programNotFound)
    }

    var agentDetail: Operation<ProgramInput, ProgramDetail> {
        Operation("A program with its creatives", access: .agent) { input, _, _ in
            let now = self.clock.now()
            return try await self.database.read { tx in
                let program = try tx.programs.requireActive(input.id)
                return ProgramDetail(program, try tx.programs.listCreatives(of: program.id), at: now)
            }
        }
    }

    // MARK: Recommendation

    struct Recommend: Input {
        let useCase: String
        let query: ProgramQuery

        init(_ read: inout InputReader) {
            self.useCase =
                (read.optionalBody(
                    "use_case",
                    .string,
                    "What somebody needs, such as code generation",
                    .atMost(500)
                ) ?? "").trimmed
            let filter = Filter(&read)
            let limit = read.body(
                "limit",
                .integer,
                default: 5,
                json: 5,
                "Number of results",
                .range(1...20)
            )
            var query = ProgramQuery(limit: limit, offset: 0)
            filter.narrow(&query)
            query.sort = .epcDescending
            self.query = query
        }
    }

    struct Recommended: Answer {
        let output: ProgramOutput
        let matched: [String]

        static let members =
            Member.all(of: \.output) + [
                Member<Self>("matched", \.matched, "Words of the need that it matches", example: ["chatbot"]),
                Member("match_score", \.matched.count, "How many", example: 2),
            ]
    }

    struct RecommendedList: Answer {
        let programs: [Recommended]

        static let members: [Member<Self>] = [
            Member("programs", \.programs, "The best match first"),
            Member("count", \.programs.count, "How many stand here"),
        ]
    }

    var recommend: Operation<Recommend, RecommendedList> {
        Operation("Programs that fit what somebody needs, the best first", access: .agent) { input, _, _ in
            let now = self.clock.now()
            return try await self.database.read { tx in
                let found = try Recommendation(useCase: input.useCase, query: input.query).find(
                    self.cache.search,
                    in: tx
                )
                let scores = Dictionary(uniqueKeysWithValues: found.map { ($0.program, $0) })
                let programs = try tx.programs.list(found.map(\.program)).map { program in
                    Recommended(
                        output: ProgramOutput(program: program, now: now),
                        matched: scores[program.id]?.matched ?? []
                    )
                }
                return RecommendedList(programs: programs)
            }
        }
    }

    // MARK: Catalogue

    struct Catalog: Answer {
        let programs: [CatalogEntry]

        static let members: [Member<Self>] = [
            Member("programs", \.programs, "Every active program"),
            Member("count", \.programs.count, "How many there are"),
        ]
    }

    var catalog: Operation<NoInput, Catalog> {
        Operation("Every active program: name, category and reward", access: .agent) { _, _, _ in
            Catalog(programs: try await self.database.read { try $0.catalog.list() })
        }
    }

    struct CountedCategories: Answer {
        let categories: [Entry]

        struct Entry: Answer {
            let output: CategoryOutput
            let count: Int64

            static let members =
                Member.all(of: \.output) + [
                    Member<Self>("program_count", \.count, "Active programs in it", example: 12)
                ]
        }

        static let members = [Member<Self>("categories", \.categories, "In their order")]
    }

    var categories: Operation<NoInput, CountedCategories> {
        Operation("The categories with the number of their programs", access: .agent) { _, _, _ in
            let (categories, counts) = try await self.database.read {
                (try $0.programs.listCategories(), try $0.programs.countByCategory())
            }
            return CountedCategories(
                categories: categories.map {
                    .init(output: CategoryOutput(category: $0), count: counts[$0.id] ?? 0)
                }
            )
        }
    }
}

extension Written: PagedItem where Value == ProgramOutput {
    static var listName: String { "programs" }
    static var listSummary: String { "Active programs" }
}
