import Kernel
import Platform
import Storage
import Synchronization

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
    }
}

/// Tracking links in memory, so that a click awaits no read.
final class TrackingCache: Sendable {
    static let limit = 200_000

    private struct State {
        var links: [String: TrackingLink] = [:]
        /// Grows with every invalidation, so that a row that was read before one is not kept after it.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(ProgramChanges.topic) { [weak self] key in self?.forget(key) }
    }

    func find(_ code: String) async throws -> TrackingLink? {
        let (known, generation) = self.state.withLock { ($0.links[code], $0.generation) }
        if let known { return known }
        let found = try await self.database.read { tx -> TrackingLink? in
            guard let partnership = try tx.partnerships.find(trackingCode: code) else { return nil }
            return TrackingLink(
                partnership,
                try tx.programs.require(partnership.program),
                try tx.programs.listCreatives(of: partnership.program)
            )
        }
        guard let found else { return nil }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.links.count >= Self.limit { state.links.removeAll(keepingCapacity: true) }
            state.links[code] = found
        }
        return found
    }

    private func forget(_ key: String?) {
        self.state.withLock { state in
            state.generation += 1
            guard let key else {
                state.links = [:]
                return
            }
            if key.utf8.count == 32 {
                state.links[key] = nil
            } else {
                state.links = state.links.filter { "\($0.value.program)" != key }
            }
        }
    }
}
