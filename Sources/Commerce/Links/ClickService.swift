import Kernel
import Platform
import Storage

/// Leads from cards to shops. A click is durable before the browser is sent on.
struct ClickService: Sendable {
    let database: any Database
    let destinations: Destinations
    let merchants: MerchantCache
    let browsers: BrowserHash
    let publicURL: String
    let clock: WallClock
    /// By card and browser; counted by each node for itself.
    private let recent = SlidingWindows(policy: "clicks", windowSeconds: 60)

    init(
        database: any Database,
        destinations: Destinations,
        merchants: MerchantCache,
        browsers: BrowserHash,
        publicURL: String,
        clock: WallClock
    ) {
        (self.database, self.destinations, self.merchants) = (database, destinations, merchants)
        (self.browsers, self.publicURL, self.clock) = (browsers, publicURL, clock)
    }

    /// Who follows a link.
    struct Visitor: Sendable {
        let address: String
        let userAgent: String?
        let isHead: Bool
        let isVisit: Bool
    }

    /// Where to go on; nil for an unknown card and for a product that was withdrawn.
    ///
    /// - Parameter video: whose button was pressed.
    func follow(_ id: ID<Recommendation>, video: String?, _ visitor: Visitor, trace: Trace) async throws -> String? {
        guard let (card, link) = try await self.destinations.find(id), let link,
            let merchant = try await self.merchants.find(card.merchant)
        else { return nil }
        let browser = self.browsers.of(
            address: visitor.address,
            userAgent: visitor.userAgent,
            period: self.clock.now().dayText
        )
        let reason = self.reason(id, browser, visitor)
        let creator = try await self.creator(video, card)
        try await self.database.write {
            try $0.commerceClicks.insert(card, creator: creator, browser: browser, reason: reason, trace: trace)
        }
        let page = link.isEmpty ? "\(self.publicURL)/p/\(card.product)" : link
        return LinkParameter.adding(merchant.linkParameter, id.text, to: page)
    }

    private func reason(_ id: ID<Recommendation>, _ browser: [UInt8], _ visitor: Visitor) -> ClickReason {
        if visitor.isHead { return .head }
        if !visitor.isVisit { return .prefetch }
        if Robots.isRobot(visitor.userAgent) { return .bot }
        let key = "\(id) \(browser.hex)"
        return self.recent.take(key, limit: Visit.floodLimit, now: self.clock.now()).isAllowed ? .counts : .flood
    }

    /// The video's, if it shows the card's product; else the card's own.
    private func creator(_ video: String?, _ card: Recommendation) async throws -> String {
        guard let video, !video.isEmpty, let found = try await self.database.read({ try $0.videos.find(video) }),
            found.product == card.product
        else { return card.creator }
        return found.creator.username
    }
}
