import Kernel
import Storage
import Synchronization

/// Which browsers have clicked on a card before, kept from one batch of clicks to the next: an index for it would cost each click more
/// than the click itself.
final class SeenBrowsers: Sendable {
    /// A browser's hash, which holds for a day.
    struct Browser: Hashable, Sendable {
        private let high: UInt64
        private let low: UInt64

        init(_ hash: [UInt8]) {
            let number = { (bytes: ArraySlice<UInt8>) in bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
            (self.high, self.low) = (number(hash.prefix(8)), number(hash.dropFirst(8).prefix(8)))
        }
    }

    /// Of one card, on the latest day.
    struct Seen: Sendable {
        var browsers: Set<Browser> = []
        /// Every click of the day up to this one is among them.
        var through: Int64 = 0
        /// From when on; browsers of earlier days have other hashes.
        fileprivate var since = Timestamp(microseconds: 0)
        /// Of the round in which it was asked for last.
        fileprivate var round = 0
    }

    /// Browsers of all cards together. One card may have more.
    private static let limit = 200_000
    /// A click is stored a little later than its browser is hashed.
    private static let marginSeconds: Int64 = 3600

    private struct State {
        var cards: [String: Seen] = [:]
        var round = 0
    }

    private let state = Mutex(State())

    /// Browsers that have clicked on the cards of these clicks, up to the first of them.
    func before(_ clicks: [FigureStore.MadeClick], in tx: Transaction) throws -> [String: Seen] {
        guard let first = clicks.first else { return [:] }
        var seen: [String: Seen] = [:]
        for click in clicks where click.counts && seen[click.card] == nil {
            let since = click.at.adding(seconds: -Self.marginSeconds).startOfDay
            var card = self.state.withLock { $0.cards[click.card] } ?? Seen()
            if card.since < since { (card.browsers, card.through, card.since) = ([], 0, since) }
            // Another node has counted, this one has forgotten, or a day has begun: what is not known is read.
            let known = try tx.figures.listBrowsers(click.card, after: card.through, before: first.number, since: since)
            for hash in known { card.browsers.insert(Browser(hash)) }
            card.through = first.number - 1
            seen[click.card] = card
        }
        return seen
    }

    /// After the commit in which they were counted.
    func keep(_ cards: [String: Seen], through last: Int64) {
        self.state.withLock { state in
            state.round += 1
            for (id, card) in cards {
                var card = card
                (card.through, card.round) = (last, state.round)
                state.cards[id] = card
            }
            var total = state.cards.values.reduce(0) { $0 + $1.browsers.count }
            guard total > Self.limit else { return }
            for (id, card) in state.cards.sorted(by: { $0.value.round < $1.value.round })
            where total > Self.limit && card.round < state.round {
                total -= card.browsers.count
                state.cards[id] = nil
            }
        }
    }
}
