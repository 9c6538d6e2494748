import Kernel
import Storage

/// Where models answer: an address, how it is spoken to, and what it may be asked.
struct Provider: Sendable, Equatable, Identified {
    static let idPrefix = ""

    /// How it is spoken to.
    enum Wire: Sendable { case openAI, anthropic, echo }

    let id: ID<Provider>
    let tenant: ID<Tenant>
    var name: String
    var displayName: String
    /// As it was given: one of ours, or a vendor's name.
    var type: String
    var apiBase: String
    var defaultModel: String
    /// The key and the headers' values, sealed; nil where there are none.
    var sealed: [UInt8]?
    var isEnabled: Bool
    var settings: ProviderSettings
    let createdAt: Timestamp
    var updatedAt: Timestamp

    var wire: Wire { ProviderKind.wire(of: self.type) ?? .openAI }

    /// What its secrets are sealed with.
    var secretContext: String { "gateway provider \(self.id)" }
}

/// What can be set of a provider.
struct ProviderSettings: Sendable, Equatable {
    /// What is done with a model that has no price.
    enum Unpriced: String, Sendable { case refuse, free }

    var timeoutSeconds = 300
    var maximumConcurrent = 512
    var hasStreamOptions = true
    /// Of an image, in a bound.
    var imageTokens = 3000
    var unpriced = Unpriced.refuse
    /// Whether whoever may write may send requests through as they are.
    var relays = false
    var anthropicVersion: String?
    var embeddingModel: String?
    /// Names of further headers; their values are sealed.
    var headerNames: [String] = []

    var json: JSONValue {
        [
            "timeout_seconds": .int(self.timeoutSeconds), "max_concurrent": .int(self.maximumConcurrent),
            "stream_options": .bool(self.hasStreamOptions), "image_tokens": .int(self.imageTokens),
            "unpriced": .string(self.unpriced.rawValue), "relay": .bool(self.relays),
            "anthropic_version": .text(self.anthropicVersion), "embedding_model": .text(self.embeddingModel),
            "headers": .object(Dictionary(uniqueKeysWithValues: self.headerNames.map { ($0, "***") })),
        ]
    }

    init() {}

    init(stored value: JSONValue) {
        self.timeoutSeconds = value["timeout_seconds"]?.integer.map { Int($0) } ?? 300
        self.maximumConcurrent = value["max_concurrent"]?.integer.map { Int($0) } ?? 512
        self.hasStreamOptions = value["stream_options"] != false
        self.imageTokens = value["image_tokens"]?.integer.map { Int($0) } ?? 3000
        self.unpriced = value["unpriced"]?.string.flatMap { Unpriced(rawValue: $0) } ?? .refuse
        self.relays = value["relay"] == true
        self.anthropicVersion = value["anthropic_version"]?.string
        self.embeddingModel = value["embedding_model"]?.string
        self.headerNames = (value["headers"]?.object ?? [:]).keys.sorted()
    }
}

extension Provider: RowDecodable {
    static let columns: StaticString = """
        id, tenant_id, name, display_name, provider_type, api_base, default_model, secrets, enabled, settings,
        created_at, updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.tenant = try row.column()
        self.name = try row.column()
        self.displayName = try row.column()
        self.type = try row.column()
        self.apiBase = try row.column()
        self.defaultModel = try row.column()
        self.sealed = try row.optional()
        self.isEnabled = try row.column()
        self.settings = ProviderSettings(stored: .parsed(try row.column()))
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

/// What a provider is opened as.
enum ProviderKind {
    static let openAI = "openai_compat"
    static let anthropic = "anthropic_native"
    static let echo = "echo"
    /// The one model of `echo`.
    static let echoModel = "echo"

    /// Vendors that speak OpenAI's format, and where; the reader's own servers are on this machine.
    static let vendors: [String: String] = [
        "openai": "https://api.openai.com/v1", "openrouter": "https://openrouter.ai/api/v1",
        "groq": "https://api.groq.com/openai/v1", "deepseek": "https://api.deepseek.com/v1",
        "mistral": "https://api.mistral.ai/v1", "xai": "https://api.x.ai/v1",
        "together": "https://api.together.xyz/v1", "perplexity": "https://api.perplexity.ai",
        "cerebras": "https://api.cerebras.ai/v1", "fireworks": "https://api.fireworks.ai/inference/v1",
        "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
        "dashscope": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "ollama": "http://127.0.0.1:11434/v1", "vllm": "http://127.0.0.1:8000/v1",
        "lmstudio": "http://127.0.0.1:1234/v1",
    ]

    /// Servers of one's own, whose models cost nothing.
    static let own: Set<String> = ["ollama", "vllm", "lmstudio"]

    static let all = [Self.openAI, Self.anthropic, Self.echo] + Self.vendors.keys.sorted()

    static func wire(of type: String) -> Provider.Wire? {
        switch type {
        case self.anthropic: .anthropic
        case self.echo: .echo
        case self.openAI: .openAI
        default: self.vendors[type] == nil ? nil : .openAI
        }
    }

    /// Where one of the kind is when nothing else is said.
    static func address(of type: String) -> String? {
        type == self.anthropic ? "https://api.anthropic.com" : self.vendors[type]
    }
}

/// A provider as it is spoken to: with its secrets open, its prices, and the reach of its address.
struct OpenProvider: Sendable {
    let provider: Provider
    let apiKey: String?
    let headers: [(name: String, value: String)]
    let prices: PriceList
    /// Whether the operator has named its address although it is private.
    let isNamed: Bool

    /// What must not be shown of it.
    var secrets: [String] {
        ([self.apiKey].compactMap { $0 } + self.headers.map(\.value)).filter { $0.utf8.count >= 6 }
    }

    /// The price of a model; nil where there is none, and it may not be used under a budget.
    func price(of model: String) -> Price? {
        if let known = self.prices.find(model) { return known }
        return self.provider.wire == .echo || self.provider.settings.unpriced == .free ? .free : nil
    }
}
