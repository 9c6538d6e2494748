import Kernel
import Web

/// A provider as admins see it: its secrets as three stars.
struct ProviderOutput: VersionedAnswer {
    let provider: Provider
    var version: String { self.provider.updatedAt.version }
    /// Those that were set for it.
    let prices: [Price]
    let hasKey: Bool
    let health: ProviderHealth

    static let members: [Member<Self>] = [
        Member("id", \.provider.id, "The provider"), Member("name", \.provider.name, "Its name", example: "openai"),
        Member("display_name", \.provider.displayName, "As people call it"),
        Member("provider_type", \.provider.type, "How it is spoken to", example: "openai"),
        Member("type", \.provider.type, "The same", example: "openai"),
        Member("api_base", \.provider.apiBase, "Where it is", example: "https://api.openai.com/v1"),
        Member("api_key", { $0.hasKey ? "***" : "" }, "Three stars where it has a key", example: "***"),
        Member("default_model", \.provider.defaultModel, "Of agents that name none", example: "gpt-6-luna"),
        Member("models", \.models, "Its default model, and those with a price of its own", example: ["gpt-6-luna"]),
        Member("prices", { $0.prices.map { PriceOutput(price: $0, isOwn: true) } }, "Its own prices"),
        Member("enabled", \.provider.isEnabled, "Whether it is used"),
        Member("settings", \.provider.settings.json, "Its limits and particulars", example: ProviderSettings().json),
        Member("health", \.health, "Whether it answers"),
        Member("created_at", { Moment($0.provider.createdAt) }, "When it was opened"),
        Member("updated_at", { Moment($0.provider.updatedAt) }, "When it was changed last"),
    ]

    private var models: [String] {
        let usual = self.provider.defaultModel.nonEmpty ?? (self.provider.wire == .echo ? ProviderKind.echoModel : nil)
        return Set([usual].compactMap { $0 } + self.prices.map(\.model)).sorted()
    }
}

/// How a provider has answered this process lately.
struct ProviderHealth: Answer {
    /// Calls in a row that have failed.
    var failureCount = 0
    /// For how long one of its models is not asked.
    var pauseSeconds: Int64?
    var lastFailedAt: Timestamp?

    var state: String { self.pauseSeconds != nil ? "resting" : self.failureCount > 0 ? "failing" : "ok" }

    static let members: [Member<Self>] = [
        Member("state", \.state, "ok, failing, or resting while one of its models is not asked", example: "ok"),
        Member("failures", \.failureCount, "Calls in a row that have failed, of this server"),
        Member("last_error_at", { $0.lastFailedAt.map(Moment.init) }, "When a call failed last"),
        Member("retry_in_seconds", \.pauseSeconds, "When a model that rests is asked again", unit: "s"),
    ]
}

struct UpdatedProvider: Answer {
    let provider: ProviderOutput
    static let members: [Member<Self>] =
        Member.all(of: \.provider) + [Member("status", { _ in "updated" }, "What was done", example: "updated")]
}

struct ProviderList: Answer {
    let providers: [ProviderOutput]
    static let members: [Member<Self>] = [
        Member("providers", \.providers, "Newest first"), Member("total", \.providers.count, "How many there are"),
    ]
}

struct VerifyOutput: Answer {
    let trial: ProviderTrial
    static let members: [Member<Self>] = [
        Member("ok", \.trial.isOK, "Whether it has answered"),
        Member("latency_ms", \.trial.milliseconds, "How long it took", unit: "ms"),
        Member("model", \.trial.model, "Who was asked"),
        Member("error", \.trial.error, "What went wrong", leavesOutNull: true),
    ]
}

struct ModelNames: Answer {
    let models: [String]
    static let members: [Member<Self>] = [Member("models", \.models, "By name", example: ["gpt-6-luna"])]
}

struct PriceListOutput: Answer {
    let list: PriceList
    /// Whether what ships with the server counts, too.
    let ships: Bool

    static let members: [Member<Self>] = [
        Member("version", \.list.version, "Of the provider's own prices; grows with every change"),
        Member("prices", { $0.list.own.map { PriceOutput(price: $0, isOwn: true) } }, "The provider's own"),
        Member(
            "shipped",
            { $0.ships ? PriceTable.shipped.map { PriceOutput(price: $0, isOwn: false) } : [] },
            "What comes with the server"
        ),
    ]
}

/// In US dollars for a million tokens.
struct PriceOutput: Answer {
    let price: Price
    let isOwn: Bool

    static let members: [Member<Self>] = [
        Member("model", \.price.model, "The model", example: "gpt-6-luna"),
        Member("aliases", \.price.aliases, "Other names of it"),
        Member("input", \.price.rates.input.decimal, "USD for a million tokens", example: "0.1"),
        Member("output", \.price.rates.output.decimal, "USD for a million tokens", example: "0.5"),
        Member("cache_read", \.price.rates.cacheRead.decimal, "USD for a million tokens", example: "0.01"),
        Member("cache_write", \.price.rates.cacheWrite.decimal, "USD for a million tokens", example: "0.125"),
        Member("tiers", \.tiers, "Dearer rates of longer requests"),
        Member("context_window", \.price.contextWindow, "Tokens"),
        Member("max_output", \.price.maximumOutput, "Tokens"),
        Member("reasoning", \.price.reasons, "Whether it may think unseen"),
        Member(
            "source",
            \.price.source,
            "Where the price stands",
            example: "https://developers.openai.com/api/docs/pricing"
        ),
        Member("as_of", \.price.asOf, "The day on which somebody looked", example: "2026-11-06"),
    ]

    private var tiers: [JSONValue] {
        self.price.tiers.map { tier in
            [
                "above_input_tokens": .integer(tier.above), "input": .string(tier.rates.input.decimal),
                "output": .string(tier.rates.output.decimal), "cache_read": .string(tier.rates.cacheRead.decimal),
                "cache_write": .string(tier.rates.cacheWrite.decimal),
            ]
        }
    }
}
