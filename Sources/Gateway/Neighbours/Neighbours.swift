package import Kernel
package import Platform
import Synchronization

/// What other surfaces of the house do for agents: closures that the server passes in.
package struct Neighbours: Sendable {
    /// A service of the market.
    package struct Service: Sendable {
        package let id: String
        package let name: String
        package let description: String
        package let price: Amount<USDC>

        package init(id: String, name: String, description: String, price: Amount<USDC>) {
            (self.id, self.name, self.description, self.price) = (id, name, description, price)
        }
    }

    /// One paid call.
    package struct Order: Sendable {
        /// The market's record of it, drawn first.
        package let usage: String
        package let identity: Identity
        package let service: String
        package let method: String
        package let path: String
        package let body: [UInt8]
        package let maximumPrice: Amount<USDC>
        /// So that it is never paid twice.
        package let key: String
        package let trace: Trace
    }

    package enum Outcome: Sendable {
        case answered(status: Int, body: [UInt8], charged: Amount<USDC>)
        /// The service costs more than was allowed.
        case tooDear(Amount<USDC>)
    }

    /// A programme of the affiliate network.
    package struct Recommendation: Sendable {
        package let program: String
        package let name: String
        package let description: String
        /// Nil where the account has no partnership.
        package let link: String?

        package init(program: String, name: String, description: String, link: String?) {
            (self.program, self.name, self.description, self.link) = (program, name, description, link)
        }
    }

    package var search: @Sendable (_ text: String, _ atMost: Amount<USDC>?, _ limit: Int) async throws -> [Service]
    package var service: @Sendable (_ id: String) async throws -> Service
    package var call: @Sendable (Order) async throws -> Outcome
    /// What a call has charged; nil where there is no record of it.
    package var charged: @Sendable (_ usage: String) async throws -> Amount<USDC>?
    package var makeKey: @Sendable (Identity) async throws -> String
    package var revokeKeys: @Sendable (Identity) async throws -> Void
    package var credit: @Sendable (Identity, Amount<USDC>, _ reason: String) async throws -> Void

    package init(
        search: @escaping @Sendable (_ text: String, _ atMost: Amount<USDC>?, _ limit: Int) async throws -> [Service],
        service: @escaping @Sendable (_ id: String) async throws -> Service,
        call: @escaping @Sendable (Order) async throws -> Outcome,
        charged: @escaping @Sendable (_ usage: String) async throws -> Amount<USDC>?,
        makeKey: @escaping @Sendable (Identity) async throws -> String,
        revokeKeys: @escaping @Sendable (Identity) async throws -> Void,
        credit: @escaping @Sendable (Identity, Amount<USDC>, _ reason: String) async throws -> Void
    ) {
        (self.search, self.service, self.call, self.charged) = (search, service, call, charged)
        (self.makeKey, self.revokeKeys, self.credit) = (makeKey, revokeKeys, credit)
    }
}

/// Where the neighbours stand, once the house knows all of its surfaces.
package final class NeighbourPlace: Sendable {
    private let neighbours = Mutex<Neighbours?>(nil)

    package func set(_ neighbours: Neighbours) { self.neighbours.withLock { $0 = neighbours } }

    var present: Neighbours? { self.neighbours.withLock { $0 } }
}
