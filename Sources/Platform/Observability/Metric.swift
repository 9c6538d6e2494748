/// A figure that a server tells of itself, by Prometheus' conventions: base units, `_total` for what only grows.
package struct Metric: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package let name: String
    package let kind: Kind
    /// One sentence: what is counted or measured, and by which labels.
    package let help: String

    package static func counter(_ name: String, _ help: String) -> Metric {
        Metric(name: name, kind: .counter, help: help)
    }
    package static func gauge(_ name: String, _ help: String) -> Metric { Metric(name: name, kind: .gauge, help: help) }
    package static func histogram(_ name: String, _ help: String) -> Metric {
        Metric(name: name, kind: .histogram, help: help)
    }
}
