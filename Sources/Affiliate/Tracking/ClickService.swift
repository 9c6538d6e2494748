import Kernel
import Platform
import Storage

/// Records clicks, and says which of them count.
struct ClickService: Sendable {
    /// Paid clicks of one address to one partnership within an hour, whatever its browsers say of themselves.
    static let paidLimit = 30

    let database: any Database
    let cache: TrackingCache
    let conversions: ConversionService
    let figures: ProgramFigures
    let clock: WallClock
    /// By partnership and browser; counted by each node for itself.
    private let recent = SlidingWindows(policy: "clicks", windowSeconds: 60)
    private let recentPaid = SlidingWindows(policy: "paid clicks", windowSeconds: 3600)

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
        let id: ClickID
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
            try self.record(link, visitor, reason, isReported: isReported, isSelf: false, trace: trace, in: $0)
        }
    }

    /// The visitor of a click that an agent has reported has come; false when it is none of the link's, or somebody else's.
    func claim(_ click: ClickID, _ link: TrackingLink, _ visitor: Visitor, trace: Trace) async throws -> Bool {
        guard let id = visitor.id else { return false }
        let reason = self.reason(link, visitor, isReported: false)
        return try await self.database.write { tx in
            guard let claimed = try tx.clicks.claim(click, of: link.partnership, by: id) else { return false }
            guard claimed.reason == .awaitsVisitor else { return true }
            let checked = try self.check(reason, link, visitor, in: tx)
            try tx.clicks.decide(claimed, checked)
            if checked == .counts { try self.count(click, link, visitor, trace: trace, in: tx) }
            return true
        }
    }

    /// A publisher's own click, where that is allowed.
    func recordSelfBack(_ link: TrackingLink, trace: Trace, in tx: Transaction) throws -> Recorded {
        try self.record(
            link,
            Visitor(context: "self-back"),
            .counts,
            isReported: true,
            isSelf: true,
            trace: trace,
            in: tx
        )
    }

    private func record(
        _ link: TrackingLink,
        _ visitor: Visitor,
        _ reason: Reason,
        isReported: Bool,
        isSelf: Bool,
        trace: Trace,
        in tx: Transaction
    ) throws -> Recorded {
        // What an agent says of its user proves nothing where a click is money.
        let awaits = reason == .counts && isReported && link.terms.rewardType == .cpc
        let checked = awaits ? .awaitsVisitor : try self.check(reason, link, visitor, in: tx)
        let id = try tx.clicks.insert(link, visitor, reason: checked, isSelf: isSelf, trace: trace)
        if checked == .counts { try self.count(id, link, visitor, trace: trace, in: tx) }
        return Recorded(id: id, reason: checked)
    }

    /// What the database knows: whose browser it is, whether it was paid before, and whether there is money for it.
    private func check(_ reason: Reason, _ link: TrackingLink, _ visitor: Visitor, in tx: Transaction) throws -> Reason
    {
        guard reason == .counts || reason.flag != nil else { return reason }
        if visitor.isReturning, !link.terms.allowsSelfBack, let id = visitor.id,
            try tx.affiliateAccounts.isVisitor(id, of: link.publisher)
        {
            return .selfReferral
        }
        guard reason == .counts else { return reason }
        guard link.terms.rewardType == .cpc else { return .counts }
        if let browser = visitor.browser, try tx.clicks.wasPaid(browser, in: link.partnership) {
            return .duplicateClick
        }
        return try self.conversions.takeBudget(forClickOf: link, in: tx) ? .counts : .budgetUsedUp
    }

    /// What follows from a click that counts.
    private func count(_ click: ClickID, _ link: TrackingLink, _ visitor: Visitor, trace: Trace, in tx: Transaction)
        throws
    {
        tx.afterCommit { self.figures.note(link.program) }
        guard link.terms.rewardType == .cpc else { return }
        if let browser = visitor.browser { try tx.clicks.markPaid(browser, in: link.partnership) }
        try self.conversions.payClick(click, link, trace: trace, in: tx)
    }

    /// What needs no look at the database, in order of precedence.
    private func reason(_ link: TrackingLink, _ visitor: Visitor, isReported: Bool) -> Reason {
        if link.programStatus != .active { return .programEnded }
        if link.partnershipStatus != .approved { return .notApproved }
        if !isReported, Robots.isRobot(visitor.userAgent) { return .bot }
        if self.isFlood(link, visitor) { return .flood }
        if link.terms.rewardType == .cpc, !isReported, let address = visitor.address {
            let key = "\(link.partnership) \(address.hex)"
            if !self.recentPaid.take(key, limit: Self.paidLimit, now: self.clock.now()).isAllowed { return .flood }
        }
        return .counts
    }

    /// Many phones stand behind one address of their carrier: a browser that brings its cookie is known by that. Anybody can make cookies up,
    /// so that many of them from one address and with one user agent are a flood in their turn.
    private static let browsersBehindOneAddress = 20

    private func isFlood(_ link: TrackingLink, _ visitor: Visitor) -> Bool {
        let isTaken = { (who: String, limit: Int) in
            !self.recent.take("\(link.partnership) \(who)", limit: limit, now: self.clock.now()).isAllowed
        }
        guard visitor.isReturning, let id = visitor.id else {
            return visitor.browser.map { isTaken($0.hex, link.clickLimit) } ?? false
        }
        let crowd = visitor.browser.map {
            isTaken("all of \($0.hex)", link.clickLimit * Self.browsersBehindOneAddress)
        }
        return isTaken(id, link.clickLimit) || crowd ?? false
    }
}
