import Kernel

/// Tokens of one answer, in classes that do not overlap.
struct TokenUsage: Sendable, Equatable {
    /// Of the input, what no cache was used for.
    var fresh: Int64 = 0
    var cached: Int64 = 0
    var written: Int64 = 0
    var output: Int64 = 0
    /// Of the output, what was thought and not said.
    var reasoning: Int64 = 0

    /// All of the input.
    var input: Int64 { self.fresh + self.cached + self.written }
    var total: Int64 { self.input + self.output }

    /// What a counter can be.
    static let counts: Range<Int64> = 0..<(1 << 31)

    var isPossible: Bool {
        [self.fresh, self.cached, self.written, self.output, self.reasoning].allSatisfy(Self.counts.contains)
            && self.reasoning <= self.output
    }

    static func + (left: Self, right: Self) -> Self {
        TokenUsage(
            fresh: left.fresh + right.fresh,
            cached: left.cached + right.cached,
            written: left.written + right.written,
            output: left.output + right.output,
            reasoning: left.reasoning + right.reasoning
        )
    }
}

/// What a model costs: micro-dollars for a million tokens of each class.
struct Price: Sendable, Equatable {
    struct Rates: Sendable, Equatable {
        var input: Dollars
        var output: Dollars
        var cacheRead: Dollars
        var cacheWrite: Dollars

        /// Of the classes of input.
        fileprivate var dearestInput: Dollars { max(self.input, self.cacheRead, self.cacheWrite) }
    }

    let model: String
    /// Other names by which the model is listed.
    var aliases: [String] = []
    let rates: Rates
    /// Dearer rates from so many input tokens on, the lowest first.
    var tiers: [(above: Int64, rates: Rates)] = []
    var contextWindow: Int?
    var maximumOutput: Int?
    /// Whether it may think unseen, so that its output can be longer than what it says.
    var reasons = false
    let source: String
    /// The day on which somebody looked: `2026-11-01`.
    let asOf: String

    static func == (left: Price, right: Price) -> Bool {
        left.model == right.model && left.aliases == right.aliases && left.rates == right.rates
            && left.tiers.elementsEqual(right.tiers) { $0 == $1 }
            && left.contextWindow == right.contextWindow && left.maximumOutput == right.maximumOutput
            && left.reasons == right.reasons && left.source == right.source && left.asOf == right.asOf
    }

    static let free = Price(
        model: "",
        rates: Rates(input: 0, output: 0, cacheRead: 0, cacheWrite: 0),
        source: "",
        asOf: ""
    )

    var isFree: Bool {
        self.tiers.isEmpty && self.rates == Price.free.rates
    }

    private func rates(forInput tokens: Int64) -> Rates { self.tiers.last { tokens > $0.above }?.rates ?? self.rates }

    /// `⌈Σ tokens × price ÷ 10⁶⌉`, rounded once.
    func cost(of usage: TokenUsage) -> Dollars {
        let rates = self.rates(forInput: usage.input)
        return Self.rounded([
            (usage.fresh, rates.input), (usage.cached, rates.cacheRead), (usage.written, rates.cacheWrite),
            (usage.output, rates.output),
        ])
    }

    /// What a call cannot cost more than: the dearest class of input at the highest tier that the input can reach.
    func bound(input: Int64, output: Int64) -> Dollars {
        let rates = self.reachable(input)
        return Self.rounded([(input, rates.input), (output, rates.output)])
    }

    /// How many tokens of output fit into an amount beside the input; less than zero where not even the input does.
    func outputThatFits(_ amount: Dollars, input: Int64) -> Int64 {
        let rates = self.reachable(input)
        let left = amount - Self.rounded([(input, rates.input)])
        guard left >= 0 else { return -1 }
        guard rates.output > 0 else { return .max }
        let product = left.smallestUnits.multipliedFullWidth(by: Micros.perUnit)
        return rates.output.smallestUnits.dividingFullWidth(product).quotient
    }

    private func reachable(_ input: Int64) -> (input: Dollars, output: Dollars) {
        let all = [self.rates] + self.tiers.filter { input > $0.above }.map(\.rates)
        return (all.map(\.dearestInput).max() ?? 0, all.map(\.output).max() ?? 0)
    }

    /// Sums of products of 128 bits, divided once.
    private static func rounded(_ parts: [(tokens: Int64, price: Dollars)]) -> Dollars {
        let sum = parts.reduce(Int128(0)) { $0 + Int128($1.tokens) * Int128($1.price.smallestUnits) }
        let rounded = (sum + Int128(Micros.perUnit - 1)) / Int128(Micros.perUnit)
        return Dollars(Int64(clamping: rounded))
    }
}

/// What a provider's models cost; its own rows go before those that ship with the server.
struct PriceList: Sendable {
    /// 0 for what ships with the server alone.
    let version: Int
    let own: [Price]

    static let none = PriceList(version: 0, own: [])

    /// By the whole name, or a listed alias; never by a part of it.
    func find(_ model: String) -> Price? {
        Self.match(model, self.own) ?? Self.match(model, PriceTable.shipped)
    }

    private static func match(_ model: String, _ prices: [Price]) -> Price? {
        prices.first { $0.model == model } ?? prices.first { $0.aliases.contains(model) }
    }
}
