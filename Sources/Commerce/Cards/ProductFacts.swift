import Kernel
import Search
import Storage
import Synchronization

/// What is known of a product, as cards and explanations need it.
struct ProductFacts: Sendable {
    let product: Product
    let merchant: Merchant
    let videos: [Video]
    /// That were attributed here.
    let orders: Int64
    /// What says something, the most telling first.
    let properties: [Property]
    /// As the search reads it.
    let text: SearchText

    /// A property of a product, as it is shown.
    struct Property: Sendable {
        let rank: Int
        let name: String
        let text: String
        /// Of a fixed set of pictures.
        let icon: String
        /// Its name, and its text in lower case, with a byte between them that no word has.
        fileprivate let folded: String

        /// Whether the name or the text has a word of a question in it.
        func says(_ word: String) -> Bool { self.folded.bytewise.contains(word) }
    }

    init(_ product: Product, _ merchant: Merchant, _ videos: [Video], orders: Int64, _ search: Search) {
        (self.product, self.merchant, self.videos, self.orders) = (product, merchant, videos, orders)
        self.properties = Property.all(of: product.content)
        self.text = search.read(product.content.searchDocument(product.id, merchant: product.merchant))
    }
}

extension ProductFacts.Property {
    private static let longest = 80

    /// Words that say what it is come before measures.
    private static let importance: [String: Int] = [
        "product type": 2, "type": 3, "product colour": 4, "color": 4, "colour": 4, "material": 4, "size": 4,
        "printing colours": 5, "display diagonal": 5, "internal memory": 5, "total storage capacity": 5,
        "compatibility": 5, "connectivity technology": 5, "cable length": 5, "processor family": 6,
        "quantity per pack": 6, "brand compatibility": 6, "interface": 7, "weight": 9,
    ]

    fileprivate static func all(of content: ProductContent) -> [Self] {
        let attributes = JSONValue.parsed(content.attributes).object ?? [:]
        let properties = attributes.compactMap { name, value -> Self? in
            guard let text = Self.shown(value), text.utf8.count <= Self.longest else { return nil }
            let folded = text.lowercased()
            guard !Self.saysNothing(folded) else { return nil }
            let rank = Self.importance[name] ?? (value.string == nil ? 30 : 20)
            return Self(rank: rank, name: name, text: text, icon: Self.icon(of: name), folded: "\(name)\0\(folded)")
        }
        return properties.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    }

    private static let icons: [(icon: String, words: [String])] = [
        ("size", ["width", "height", "depth", "weight", "size", "length", "diagonal", "diameter"]),
        ("power", ["power", "battery", "voltage", "watt", "energy", "charg"]),
        ("memory", ["memory", "capacity", "storage", "ram", "cache"]),
        ("screen", ["display", "resolution", "screen", "pixel", "aspect"]), ("colour", ["colour", "color"]),
        ("network", ["wi fi", "ethernet", "bluetooth", "network", "wireless", "lan"]),
        ("sound", ["audio", "sound", "speaker", "microphone"]),
    ]

    private static func icon(of name: String) -> String {
        Self.icons.first { $0.words.contains { name.bytewise.contains($0) } }?.icon ?? "spec"
    }

    private static func shown(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(nearest: value))" : "\(value)"
        default: nil
        }
    }

    private static func saysNothing(_ folded: String) -> Bool {
        ["", "n", "no", "none", "not available", "not supported", "-", "n/a"].contains(folded)
    }
}

/// Products that were shown lately, from memory: whatever changes one of them tells its id.
final class ProductMemory: Sendable {
    private struct State {
        var facts = RecentValues<ProductID, ProductFacts>(limit: 1000)
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let merchants: MerchantCache
    private let search: Search

    init(database: any Database, merchants: MerchantCache, search: Search) {
        (self.database, self.merchants, self.search) = (database, merchants, search)
        database.invalidations.on(Product.topic) { [weak self] key in
            self?.state.withLock { state in
                state.generation += 1
                if let product = key.flatMap({ ProductID($0) }) {
                    state.facts.forget(product)
                } else {
                    state.facts.forgetAll()
                }
            }
        }
    }

    /// Of those that are still there.
    func find(_ ids: [ProductID]) async throws -> [ProductID: ProductFacts] {
        let (known, generation) = self.state.withLock { state in
            (ids.compactMap { state.facts.find($0) }, state.generation)
        }
        var facts = Dictionary(known.map { ($0.product.id, $0) }) { first, _ in first }
        let missing = ids.filter { facts[$0] == nil }
        guard !missing.isEmpty else { return facts }
        let (products, videos, orders) = try await self.database.read { tx in
            (try tx.products.list(missing), try tx.videos.list(of: missing), try tx.orders.countByProduct(missing))
        }
        let videosOf = Dictionary(grouping: videos) { $0.product }
        for product in products where !product.isWithdrawn {
            guard let merchant = try await self.merchants.find(product.merchant) else { continue }
            facts[product.id] = ProductFacts(
                product,
                merchant,
                videosOf[product.id] ?? [],
                orders: orders[product.id] ?? 0,
                self.search
            )
        }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            for id in missing { if let found = facts[id] { state.facts.keep(found, id) } }
        }
        return facts
    }
}
