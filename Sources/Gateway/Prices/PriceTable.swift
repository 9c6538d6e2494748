import Kernel

/// What well-known models cost, as their makers publish it, with the day on which it was looked up.
enum PriceTable {
    /// US dollars for a million tokens: `input output cache-read cache-write`; the window, the longest answer, whether the model thinks
    /// unseen; then, where longer requests cost more, from how many tokens on, and the four rates from there.
    private static let openAI = Self.read(
        """
        gpt-6-astra | 10 50 1 12.50 | 1050000 128000 yes | 272000 20 75 2 25
        gpt-6-sol | 2 10 0.20 2.50 | 1050000 128000 yes | 272000 4 15 0.40 5
        gpt-6-luna | 0.10 0.50 0.01 0.125 | 1050000 128000 yes | 272000 0.20 0.75 0.02 0.25
        gpt-4.1 | 2 8 0.50 2 | 1047576 32768 no
        gpt-4.1-mini | 0.40 1.60 0.10 0.40 | 1047576 32768 no
        gpt-4.1-nano | 0.10 0.40 0.025 0.10 | 1047576 32768 no
        gpt-4o | 2.50 10 1.25 2.50 | 128000 16384 no
        gpt-4o-mini | 0.15 0.60 0.075 0.15 | 128000 16384 no
        """,
        source: "https://developers.openai.com/api/docs/pricing",
        asOf: "2026-11-06"
    )

    private static let anthropic = Self.read(
        """
        claude-opus-5-5 | 4 20 0.20 5 | 1000000 128000 yes
        claude-sonnet-5-5 | 2 10 0.10 2.50 | 1000000 64000 yes
        claude-haiku-5-5 | 0.10 0.50 0.01 0.125 | 200000 64000 yes | 100000 0.50 2.50 0.05 0.625
        claude-opus-5 | 5 25 0.50 6.25 | 1000000 128000 yes
        claude-sonnet-5 | 2 10 0.20 2.50 | 1000000 64000 yes
        claude-opus-4-5 | 5 25 0.50 6.25 | 200000 64000 yes
        claude-sonnet-4-5 | 3 15 0.30 3.75 | 200000 64000 yes
        claude-haiku-4-5 | 1 5 0.10 1.25 | 200000 64000 yes
        """,
        source: "https://platform.claude.com/docs/en/about-claude/pricing",
        asOf: "2026-10-16"
    )

    static let shipped = Self.openAI + Self.anthropic

    private static func read(_ table: String, source: String, asOf: String) -> [Price] {
        table.bytewise.split("\n").compactMap { line in
            let cells = line.bytewise.split("|").map { $0.bytewise.split(" ").map(String.init) }
            guard cells.count >= 3, let rates = Self.rates(cells[1]), cells[2].count == 3 else { return nil }
            let tier = cells.count > 3 ? Self.tier(cells[3]) : nil
            return Price(
                model: cells[0][0],
                rates: rates,
                tiers: tier.map { [$0] } ?? [],
                contextWindow: Int(cells[2][0]),
                maximumOutput: Int(cells[2][1]),
                reasons: cells[2][2] == "yes",
                source: source,
                asOf: asOf
            )
        }
    }

    private static func tier(_ cells: [String]) -> (above: Int64, rates: Price.Rates)? {
        guard let above = Int64(cells[0]), let rates = self.rates(Array(cells.dropFirst())) else { return nil }
        return (above, rates)
    }

    private static func rates(_ cells: [String]) -> Price.Rates? {
        let amounts = cells.compactMap { try? Dollars(Micros.parse($0)) }
        guard amounts.count == 4 else { return nil }
        return .init(input: amounts[0], output: amounts[1], cacheRead: amounts[2], cacheWrite: amounts[3])
    }
}
