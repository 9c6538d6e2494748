import Kernel
import Search

/// What must hold of a product; never relaxed.
struct Constraints: Sendable {
    var budget: Budget?
    var region: Region?
    var onlyBrands: [String] = []
    var excludedBrands: [String] = []
    var excludedWords: [String] = []
    var mustBeInStock = false
    let rates: ExchangeRates
    let makers: Makers

    /// Whether what says nothing of regions is sold in this one.
    private let isUsualRegion: Bool

    init(_ parsed: ParsedIntent, region: Region?, usualRegions: [Region], rates: ExchangeRates, makers: Makers) {
        (self.rates, self.makers) = (rates, makers)
        let place = parsed.region.flatMap { Region($0) } ?? region
        self.isUsualRegion = place.map { usualRegions.contains($0) } ?? true
        self.budget = parsed.budget
        self.region = place
        self.onlyBrands = parsed.onlyBrands
        self.excludedBrands = parsed.excludedBrands
        self.excludedWords = parsed.excludedWords
        self.mustBeInStock = parsed.mustBeInStock
    }

    var filters: [SearchFilter] {
        var filters: [SearchFilter] = [.none("availability", of: [Availability.outOfStock.rawValue])]
        if self.mustBeInStock {
            filters.append(.any("availability", of: [Availability.inStock.rawValue, Availability.limited.rawValue]))
        }
        if let region {
            filters.append(.any("regions", of: [region.code] + (self.isUsualRegion ? [ProductSearch.everywhere] : [])))
        }
        if let budget { filters.append(.either(self.priceRanges(budget))) }
        if !self.onlyBrands.isEmpty {
            filters.append(.any("brand", of: self.onlyBrands.flatMap { self.makers.names(of: $0) }))
        }
        if !self.excludedBrands.isEmpty {
            filters.append(.none("brand", of: self.excludedBrands.flatMap { self.makers.names(of: $0) }))
        }
        return filters + self.excludedWords.map { .without($0) }
    }

    /// For each currency that the budget's can be compared with, what may be paid in it, to the last unit.
    private func priceRanges(_ budget: Budget) -> [[SearchFilter]] {
        let currencies = Set(self.rates.has(budget.currency) ? self.rates.currencies : []).union([budget.currency])
        return currencies.sorted { $0.code < $1.code }.compactMap { currency in
            guard let range = self.range(budget, currency) else { return nil }
            return [
                .any("currency", of: [currency.code]), .range("price", from: range.lowerBound, to: range.upperBound),
            ]
        }
    }

    private func range(_ budget: Budget, _ currency: Currency) -> ClosedRange<Int64>? {
        let bound = { (micros: Int64, isUpper: Bool) in
            self.rates.bound(Money(micros: micros, budget.currency), in: currency, isUpper: isUpper)
        }
        guard let low = budget.minimum.map({ bound($0, false) }) ?? 0,
            let high = budget.maximum.map({ bound($0, true) }) ?? Int64.max, low <= high
        else { return nil }
        return low...high
    }

    /// The same, for a product that was found in another way.
    func allow(_ product: Product) -> Bool {
        let content = product.content
        guard !product.isWithdrawn, content.availability != .outOfStock,
            !self.mustBeInStock || [.inStock, .limited].contains(content.availability)
        else { return false }
        if let region, content.regions.isEmpty ? !self.isUsualRegion : !content.regions.contains(region) {
            return false
        }
        if let budget {
            guard let price = content.price, let range = self.range(budget, price.currency),
                price.currency == budget.currency || self.rates.has(budget.currency), range.contains(price.micros)
            else { return false }
        }
        let brand = content.brand.lowercased()
        if !self.onlyBrands.isEmpty, !self.onlyBrands.contains(where: { self.makers.isSame($0, brand) }) {
            return false
        }
        if self.excludedBrands.contains(where: { self.makers.isSame($0, brand) }) { return false }
        guard !self.excludedWords.isEmpty else { return true }
        let text = NormalForm(
            "\(content.title) \(content.description) \(content.brand) \(content.code) \(content.attributes)"
        )
        return !self.excludedWords.contains { NormalForm($0).occurs(in: text) }
    }
}

/// The makers of the catalogue, in lower case: `kingston` is also `kingston technology`.
struct Makers: Sendable {
    private let all: [String]

    init(_ all: [String]) { self.all = all }

    func isSame(_ said: String, _ brand: String) -> Bool {
        brand.bytewise.equals(said) || brand.bytewise.starts(with: "\(said) ")
    }

    /// As the catalogue writes the maker that was named.
    func names(of said: String) -> [String] {
        let known = self.all.filter { self.isSame(said, $0) }
        return known.isEmpty ? [said] : known
    }
}
