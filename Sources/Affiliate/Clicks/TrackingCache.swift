import Kernel
import Platform
import Storage

/// What a tracking code leads to, as the hot path needs it.
struct TrackingLink: Sendable {
    let code: String
    let partnership: PartnershipID
    let program: ProgramID
    let publisher: ID<Identity>
    let advertiser: ID<Identity>
    let partnershipStatus: Partnership.Status
    let programStatus: Program.Status
    let landingURL: String
    /// Where the links of products lead, by their creative.
    let products: [CreativeID: String]
    let programName: String
    let termsVersion: Int
    let terms: Terms
    let monthlyBudget: Yen?
    /// Clicks of one browser in a minute that count.
    let clickLimit: Int

    init(_ partnership: Partnership, _ program: Program, _ creatives: [Creative] = []) {
        self.code = partnership.trackingCode
        self.partnership = partnership.id
        self.program = program.id
        self.publisher = partnership.publisher
        self.advertiser = program.advertiser
        self.partnershipStatus = partnership.status
        self.programStatus = program.content.status
        self.landingURL = program.content.landingURL
        self.products = Dictionary(
            uniqueKeysWithValues: creatives.filter { $0.kind == .product }.map { ($0.id, $0.url) }
        )
        self.programName = program.content.name
        self.termsVersion = program.termsVersion
        self.terms = program.content.terms
        self.monthlyBudget = program.content.monthlyBudget
        self.clickLimit = program.content.clickLimit
    }
}

/// Tracking links in memory, so that a click awaits no read.
final class TrackingCache: Sendable {
    static let limit = 200_000

    private let links: ReadCache<String, TrackingLink>

    init(database: any Database) {
        self.links = ReadCache(ProgramChanges.topic, of: database, limit: Self.limit) { named, links in
            guard let named else {
                links = [:]
                return
            }
            // A tracking code, or a program's number.
            if named.utf8.count == 32 {
                links[named] = nil
            } else {
                links = links.filter { "\($0.value.program)" != named }
            }
        }
    }

    func find(_ code: String) async throws -> TrackingLink? {
        try await self.links.find(code) { tx in
            guard let partnership = try tx.partnerships.find(trackingCode: code) else { return nil }
            return TrackingLink(
                partnership,
                try tx.programs.require(partnership.program),
                try tx.programs.listCreatives(of: partnership.program)
            )
        }
    }
}
