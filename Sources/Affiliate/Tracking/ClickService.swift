import Kernel
import Platform
import Storage

/// Records clicks, and says which of them count.
struct ClickService: Sendable {
    /// Clicks of one browser to one partnership within a minute; further ones do not count. Counted by each node for itself.
    static let floodLimit = 20

    let database: any Database
    let cache: TrackingCache
    let conversions: ConversionService
    let figures: ProgramFigures
    let clock: WallClock
    private let recent = SlidingWindows(policy: "clicks", windowSeconds: 60)

    init(
        database: any Database,
        cache: TrackingCache,
        conversions: ConversionService,
        figures: ProgramFigures,
        clock: WallClock
    ) {
        self.database = database
        self.cache = cache
        self.conversions = conversions
        self.figures = figures
        self.clock = clock
    }

    struct Recorded: Sendable {
        let id: Int64
        let reason: Reason
    }

    /// Durable when it returns.
    ///
    /// - Parameter isReported: by an agent of its own user, who may have no browser.
    func record(_ link: TrackingLink, _ visitor: Visitor, isReported: Bool = false, trace: Trace) async throws
        -> Recorded
    {
        let reason = self.reason(link, visitor, isReported: isReported)
        return try await self.database.write {
            try self.record(link, visitor, reason, isSelf: false, trace: trace, in: $0)
        }
    }

    /// The visitor of a click that an agent has recorded has come; false when it is none of the link's, or somebody else's.
    func meet(_ click: Int64, _ link: TrackingLink, _ visitor: Visitor) async throws -> Bool {
        guard let id = visitor.id else { return false }
        return try await self.database.write { try $0.clicks.meet(click, of: link.partnership, visitor: id) }
    }

    /// A publisher's own click, where that is allowed.
    func recordSelfBack(_ link: TrackingLink, trace: Trace, in tx: Transaction) throws -> Recorded {
        try self.record(link, Visitor(context: "self-back"), .counts, isSelf: true, trace: trace, in: tx)
    }

    private func record(
        _ link: TrackingLink,
        _ visitor: Visitor,
        _ reason: Reason,
        isSelf: Bool,
        trace: Trace,
        in tx: Transaction
    ) throws -> Recorded {
        var reason = reason
        if reason == .counts, visitor.isReturning, !link.terms.allowsSelfBack, let id = visitor.id,
            try tx.affiliateAccounts.isVisitor(id, of: link.publisher)
        {
            reason = .selfReferral
        }
        let isPaid = link.terms.rewardType == .cpc
        if reason == .counts, isPaid, let browser = visitor.browser,
            try tx.clicks.wasPaid(browser, in: link.partnership)
        {
            reason = .duplicateClick
        }
        if reason == .counts, isPaid, try !self.conversions.takeBudget(forClickOf: link, in: tx) {
            reason = .budgetUsedUp
        }
        if reason == .counts { tx.afterCommit { self.figures.note(link.program) } }
        let id = try tx.clicks.insert(link, visitor, reason: reason, isSelf: isSelf, trace: trace)
        if reason == .counts, isPaid {
            if let browser = visitor.browser { try tx.clicks.markPaid(browser, in: link.partnership) }
            try self.conversions.payClick(id, link, trace: trace, in: tx)
        }
        return Recorded(id: id, reason: reason)
    }

    /// What needs no look at the database, in order of precedence.
    private func reason(_ link: TrackingLink, _ visitor: Visitor, isReported: Bool) -> Reason {
        if !isReported, Bots.isBot(visitor.userAgent) { return .bot }
        if link.programStatus != .active { return .programEnded }
        if link.partnershipStatus != .approved { return .notApproved }
        if let browser = visitor.browser {
            let key = "\(link.partnership) \(browser.hex)"
            if !self.recent.take(key, limit: Self.floodLimit, now: self.clock.now()).isAllowed { return .flood }
        }
        return .counts
    }
}
