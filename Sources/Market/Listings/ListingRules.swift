import Foundation
import Kernel
import Platform
import Web

/// The rules of a service's fields, in the contract's words.
enum ListingRules {
    static let name: [Rule<String>] = [
        .notBlank("Service name is required"), .line("Service name must not contain control characters"),
        .atMost(200, "Service name too long (max 200)"),
    ]
    static let description = Rule<String>.atMost(5000, "Description too long (max 5000)")
    static let category: [Rule<String>] = [
        .line("Category must not contain control characters", canBeBlank: true),
        .atMost(100, "Category too long (max 100)"),
    ]
    static let tags: [Rule<[String]>] = [
        .atMost(20, ofLength: 50, "At most 20 tags of at most 50 characters"),
        .lines("Tags must not be blank or contain control characters", length: 50),
    ]
    static let timeout = Rule<Int>.range(1...300, "timeout_seconds must be between 1 and 300")
    static let freeTierCalls = Rule<Int>.range(0...1_000_000, "free_tier_calls must be between 0 and 1000000")
    static let status = Rule<String>.oneOf(
        Listing.Status.allCases.map(\.rawValue),
        "status must be one of active, paused, removed"
    )
    static let paymentMethod = Rule<String>.oneOf(
        PaymentMethod.allCases.map(\.rawValue),
        "payment_method must be one of x402, paypal, nowpayments"
    )

    static let endpoint = Rule<String>(
        "Endpoint must be a valid URL",
        schema: ["pattern": "^https?://", "format": "uri", "maxLength": 2000]
    ) { text in
        text.utf8.count <= 2000 && !text.bytewise.contains("#") && text.removingPercentEncoding != nil
            && !DotSegments.areIn(text) && (try? Outbound.host(of: text)) != nil
    }

    static let price: [Rule<String>] = [
        Rule(
            "Price must be a valid decimal number",
            schema: ["pattern": "^(100(\\.0{1,6})?|(0|[1-9][0-9]?)(\\.[0-9]{1,6})?)$"]
        ) { (try? Micros.parse($0)) != nil && !Self.hasLeadingZero($0) },
        Rule("Price cannot be negative") { !$0.bytewise.starts(with: "-") },
        Rule("Price cannot exceed $100.00") { ((try? Micros.parse($0)) ?? 0) <= Price.limitMicros },
    ]

    /// Of a decimal number: `05`, `-00.1`.
    private static func hasLeadingZero(_ text: String) -> Bool {
        let digits = text.bytewise.dropping(prefix: "-") ?? text[...]
        return digits.bytewise.starts(with: "0") && digits.bytewise.cut(at: ".").before.utf8.count > 1
    }

    /// Of a text that has passed the rules.
    static func price(_ text: String) -> Price { Price(text: text, micros: (try? Micros.parse(text)) ?? 0) }
}
