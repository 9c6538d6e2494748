import Kernel
import Testing

@testable import Gateway

@Suite("Prices")
struct PriceTests {
    @Test("a cost is rounded up once, over all classes of tokens")
    func cost() throws {
        let price = Price(
            model: "m",
            rates: .init(input: 150_000, output: 600_000, cacheRead: 75_000, cacheWrite: 150_000),
            source: "s",
            asOf: "2026-11-01"
        )
        #expect(price.cost(of: TokenUsage(fresh: 1, cached: 1, output: 1)) == 1)
        #expect(price.cost(of: TokenUsage(fresh: 1_000_000, cached: 1_000_000, output: 1_000_000)) == 825_000)
        #expect(price.bound(input: 10, output: 10) == 8)
        #expect(price.outputThatFits(8, input: 10) == 10)
        #expect(price.outputThatFits(1, input: 10) == -1)
    }
}
