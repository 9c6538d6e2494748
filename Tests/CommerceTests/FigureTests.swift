import Kernel
import Logging
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@testable import Commerce

/// What the report counts, and what `souk verify` computes anew.
@Suite("Figures of clicks")
struct FigureTests {
    @Test("a browser counts once a day on a card, whichever node has counted before", arguments: Engine.available)
    func uniqueClicks(_ engine: Engine) async throws {
        try await ShopFixture.open(engine) { shop in
            let cards = shop.cards(try await shop.recommend("wireless mouse", "&limit=2&fill=false"))
            let database = shop.server.house.database
            let nodes = (0..<2).map { _ in Figures(database: database, logger: Logger(label: "test")) }
            let click = { (card: Int, browser: Int) async throws in
                _ = try await shop.follow(cards[card], userAgent: "\(ShopFixture.browser) \(browser)")
            }
            // Browsers of each round; then a node counts.
            let rounds: [(card: Int, browsers: [Int], node: Int, clicks: Int64, unique: Int64)] = [
                (0, [1, 1, 2], 0, 3, 2), (1, [1], 0, 4, 3), (0, [1, 3], 1, 6, 4), (0, [3, 2, 4], 0, 9, 5),
                (1, [1, 5], 1, 11, 6),
            ]
            for round in rounds {
                for browser in round.browsers { try await click(round.card, browser) }
                try await nodes[round.node].catchUp()
                let sum = try await database.read { tx in
                    try tx.figures.listAll().counts.values.reduce(into: FigureCounts()) {
                        $0.clicks += $1.clicks
                        $0.uniqueClicks += $1.uniqueClicks
                    }
                }
                #expect(sum.clicks == round.clicks && sum.uniqueClicks == round.unique, "\(sum) after \(round)")
                #expect(try await shop.server.differences() == [])
            }
            // Before and after midnight in one batch, then the same browser once more.
            let now = shop.server.clock.clock.now()
            shop.server.clock.advance(seconds: 86_400 - now.seconds % 86_400 - 1)
            try await click(0, 1)
            shop.server.clock.advance(seconds: 2)
            try await click(0, 1)
            try await nodes[0].catchUp()
            try await click(0, 1)
            try await nodes[0].catchUp()
            #expect(try await shop.server.differences() == [])
            let unique = try await database.read {
                try $0.figures.listAll().counts.values.reduce(0) { $0 + $1.uniqueClicks }
            }
            #expect(unique == 7)
        }
    }
}
