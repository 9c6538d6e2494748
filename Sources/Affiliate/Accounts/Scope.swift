import Kernel
import Platform

/// Whose clicks, orders and figures are asked for.
enum Scope: Sendable {
    case publisher(ID<Identity>)
    case advertiser(ID<Identity>)
    case everybody

    /// What a caller may see.
    static func of(_ caller: Caller) -> Scope {
        switch AffiliateRole(caller.role) {
        case .operator: .everybody
        case .advertiser: .advertiser(caller.identity)
        default: .publisher(caller.identity)
        }
    }
}

extension Caller {
    var isNetworkOperator: Bool { self.has(AffiliateRole.operator) }
}
