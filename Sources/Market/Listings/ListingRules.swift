import Foundation
import Kernel
import Platform
import Web

/// The rules of a service's fields, in the contract's words.
enum ListingRules {
    static let name: [Rule<String>] = [
        .notBlank(of: "service_name"), .line(of: "service_name"),
        .atMost(200, of: "service_name"),
    ]
    static let description = Rule<String>.atMost(5000, of: "description")
    static let category: [Rule<String>] = [
        .line(of: "category", canBeBlank: true),
        .atMost(100, of: "category"),
    ]
    static let tags: [Rule<[String]>] = [
        .atMost(20, ofLength: 50, of: "tags"),
        .lines(of: "tags", length: 50),
    ]
    static let timeout = Rule<Int>.range(1...300)
    static let freeTierCalls = Rule<Int>.range(0...1_000_000)
    static let status = Rule<String>.oneOf(Listing.Status.allCases.map(\.rawValue))
    static let paymentMethod = Rule<String>.oneOf(PaymentMethod.allCases.map(\.rawValue))

    static let endpoint = Rule<String>(
        FieldRule("url", of: "endpoint"),
        schema: ["pattern": "^https?://", "format": "uri", "maxLength": 2000]
    ) { text in
        text.utf8.count <= 2000 && !text.bytewise.contains("#") && text.removingPercentEncoding != nil
            && !DotSegments.areIn(text) && (try? Outbound.host(of: text)) != nil
    }

    static let price: [Rule<String>] = [
        Rule(FieldRule("price_places")) { !Self.hasTooManyPlaces($0) },
        Rule(
            FieldRule("price_decimal"),
            schema: ["pattern": "^(100(\\.0{1,6})?|(0|[1-9][0-9]?)(\\.[0-9]{1,6})?)$"]
        ) { (try? Amount<USDC>(decimal: $0)) != nil && !Self.hasLeadingZero($0) },
        Rule(FieldRule("price_negative")) { !$0.bytewise.starts(with: "-") },
        Rule(FieldRule("price_limit")) { ((try? Amount<USDC>(decimal: $0)) ?? 0) <= Price.limit },
    ]

    /// Of a decimal number that would be one with fewer.
    private static func hasTooManyPlaces(_ text: String) -> Bool {
        let (whole, places) = text.bytewise.cut(at: ".")
        guard let places, places.utf8.count > 6, places.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return (try? Amount<USDC>(decimal: String(whole))) != nil
    }

    /// Of a decimal number: `05`, `-00.1`.
    private static func hasLeadingZero(_ text: String) -> Bool {
        let digits = text.bytewise.dropping(prefix: "-") ?? text[...]
        return digits.bytewise.starts(with: "0") && digits.bytewise.cut(at: ".").before.utf8.count > 1
    }

    /// Of a text that has passed the rules.
    static func price(_ text: String) -> Price { Price(text: text, amount: (try? Amount<USDC>(decimal: text)) ?? 0) }
}
