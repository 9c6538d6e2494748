import Kernel
import Storage

/// Versions of what a provider's models cost. A version never changes.
struct PriceStore {
    let tx: Transaction

    /// The newest one, or the one of a number.
    func find(_ provider: String, version: Int? = nil) throws -> PriceList {
        let chosen: SQL = version.map { "AND version = \($0)" } ?? ""
        let found = try self.tx.row(
            """
            SELECT version, models FROM gateway_price WHERE provider_id = \(provider) \(chosen)
            ORDER BY version DESC LIMIT 1
            """
        ) { (try $0.column(Int.self), try $0.column(String.self)) }
        guard let (number, text) = found else { return .none }
        return PriceList(version: number, own: JSONValue.parsed(text).array?.compactMap(Price.init(stored:)) ?? [])
    }

    func insert(_ prices: [Price], of provider: String, tenant: ID<Tenant>) throws -> PriceList {
        let version = try self.find(provider).version + 1
        let text = JSON.text(of: .array(prices.map(\.stored)))
        try self.tx.execute(
            """
            INSERT INTO gateway_price (provider_id, version, tenant_id, models, created_at)
            VALUES (\(provider), \(version), \(tenant), \(text), \(self.tx.now))
            """
        )
        return PriceList(version: version, own: prices)
    }
}

extension Transaction {
    var prices: PriceStore { PriceStore(tx: self) }
}

extension Price.Rates {
    fileprivate var stored: [String: JSONValue] {
        [
            "input": .integer(self.input.smallestUnits), "output": .integer(self.output.smallestUnits),
            "cache_read": .integer(self.cacheRead.smallestUnits),
            "cache_write": .integer(self.cacheWrite.smallestUnits),
        ]
    }

    fileprivate init?(stored value: JSONValue) {
        guard let input = value["input"]?.integer, let output = value["output"]?.integer,
            let read = value["cache_read"]?.integer, let write = value["cache_write"]?.integer
        else { return nil }
        self.init(input: Dollars(input), output: Dollars(output), cacheRead: Dollars(read), cacheWrite: Dollars(write))
    }
}

extension Price {
    /// As it is kept, in micro-dollars.
    fileprivate var stored: JSONValue {
        .object(
            self.rates.stored.merging([
                "model": .string(self.model), "aliases": .strings(self.aliases),
                "tiers": .array(
                    self.tiers.map { .object($0.rates.stored.merging(["above": .integer($0.above)]) { $1 }) }
                ),
                "context_window": self.contextWindow.map { .int($0) } ?? .null,
                "max_output": self.maximumOutput.map { .int($0) } ?? .null, "reasoning": .bool(self.reasons),
                "source": .string(self.source), "as_of": .string(self.asOf),
            ]) { $1 }
        )
    }

    fileprivate init?(stored value: JSONValue) {
        guard let model = value["model"]?.string, let rates = Rates(stored: value) else { return nil }
        self.init(
            model: model,
            aliases: value["aliases"]?.array?.compactMap(\.string) ?? [],
            rates: rates,
            tiers: (value["tiers"]?.array ?? []).compactMap { tier in
                guard let above = tier["above"]?.integer, let rates = Rates(stored: tier) else { return nil }
                return (above, rates)
            },
            contextWindow: value["context_window"]?.integer.map { Int($0) },
            maximumOutput: value["max_output"]?.integer.map { Int($0) },
            reasons: value["reasoning"] == true,
            source: value["source"]?.string ?? "",
            asOf: value["as_of"]?.string ?? ""
        )
    }
}
