import Kernel
import Platform
import Storage

/// Which of a buyer's calls are asked for.
struct UsageFilter: Sendable {
    let buyer: ID<Identity>
    let listing: ID<Listing>?
    let from: Timestamp?
    let to: Timestamp?

    var conditions: [SQL] {
        var conditions: [SQL] = ["buyer_id = \(self.buyer)"]
        if let listing { conditions.append("listing_id = \(listing)") }
        if let from { conditions.append("called_at >= \(from)") }
        if let to { conditions.append("called_at < \(to)") }
        return conditions
    }
}
