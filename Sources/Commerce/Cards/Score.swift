import Foundation
import Kernel
import Web

/// The score of a card, 0 to 10, of five facts. What is not known counts a little less than the middle.
struct CardScore: Sendable, Equatable {
    static let unknown = 0.3

    let factors: [ScoreFactor]

    /// - Parameters:
    ///   - relevance: of the product to the question, 0 to 1; nil where nothing was asked, so that it is left out.
    ///   - orders: of the product; it is not known what 0 says.
    ///   - price: with the median of its kind, in the same currency.
    ///   - reputation: of the merchant, 0 to 100.
    init(
        relevance: Double??,
        orders: Int64,
        price: (paid: Int64, median: Int64)?,
        reputation: Double?,
        availability: Availability
    ) {
        let evidence = orders > 0 ? min(1, log10(1 + Double(orders)) / 4) : nil
        let value = price.map { 1 - Double($0.paid) / (2 * Double(max(1, $0.median))) }.map { min(1, max(0, $0)) }
        let stock: Double? =
            switch availability {
            case .inStock: 1
            case .limited, .preorder: 0.5
            case .outOfStock: 0
            case .unknown: nil
            }
        var factors: [(String, Double, Double?, String)] = []
        if let relevance { factors.append(("relevance", 0.45, relevance, "words of the question in the product")) }
        factors += [
            ("evidence", 0.20, evidence, "orders of the product"),
            ("value", 0.15, value, "price against the median of its kind"),
            ("reputation", 0.10, reputation.map { $0 / 100 }, "reputation of the merchant"),
            ("availability", 0.10, stock, "stock"),
        ]
        let total = factors.reduce(0) { $0 + $1.1 }
        self.factors = factors.map { name, weight, value, basis in
            ScoreFactor(
                name: name,
                value: value,
                weight: weight,
                contribution: weight * (value ?? Self.unknown) / total,
                basis: value == nil ? "" : basis
            )
        }
    }

    /// One place.
    var value: FixedPoint {
        FixedPoint(rounding: self.factors.reduce(0) { $0 + $1.contribution } * 10 + 1e-9, places: 1)
    }
}

struct ScoreFactor: Answer, Equatable {
    let name: String
    /// 0 to 1; nil where it is not known.
    let value: Double?
    let weight: Double
    /// Of the whole score, which is a tenth of what is shown.
    let contribution: Double
    let basis: String

    static let members: [Member<Self>] = [
        Member(
            "factor",
            \.name,
            "What is weighed: relevance, evidence, value, reputation, availability",
            example: "value"
        ),
        Member(
            "value",
            { FixedPoint(rounding: $0.value ?? CardScore.unknown, places: 4) },
            "0 to 1; 0.3 for what is not known"
        ),
        Member("weight", { FixedPoint(rounding: $0.weight, places: 2) }, "What it counts"),
        Member("contribution", { FixedPoint(rounding: $0.contribution, places: 4) }, "Of the score"),
        Member("known", { $0.value != nil }, "Whether it is known"),
        Member("basis", \.basis, "The fact behind it; empty where it is not known"),
    ]
}
