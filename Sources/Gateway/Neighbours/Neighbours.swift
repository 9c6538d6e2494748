package import Kernel
package import Platform
import Synchronization

/// What other surfaces of the house do for agents: closures that the server passes in.
package struct Neighbours: Sendable {
    /// What a neighbour refuses, in its own words.
    package struct Refusal: Error {
        package let text: String
        package init(_ text: String) { self.text = text }
    }

    /// A service of the market.
    package struct Service: Sendable {
        package let id: String
        package let name: String
        package let description: String
        package let price: Amount<USDC>
        /// How it is called: lines such as `POST /summary {"text":"…"}`. Empty where its provider has not said so.
        package let calls: [String]

        package init(id: String, name: String, description: String, price: Amount<USDC>, calls: [String]) {
            (self.id, self.name, self.description, self.price, self.calls) = (id, name, description, price, calls)
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

    /// A program of the affiliate network.
    package struct Program: Sendable {
        package let id: String
        package let name: String
        package let description: String
        /// Nil where the account has no partnership.
        package let link: String?

        package init(id: String, name: String, description: String, link: String?) {
            (self.id, self.name, self.description, self.link) = (id, name, description, link)
        }
    }

    /// An agent's account of the network, and the id of the key that has shown it.
    package struct NetworkLink: Sendable, Equatable {
        package let account: String
        package let key: String

        package init(account: String, key: String) { (self.account, self.key) = (account, key) }
    }

    /// The affiliate network.
    package struct Network: Sendable {
        /// Nil for what is no working key of a publisher or agent.
        package var link: @Sendable (_ key: String) async throws -> NetworkLink?
        /// `isLinked` is false where the account has taken the link back.
        package var recommend:
            @Sendable (_ need: String, _ limit: Int, NetworkLink?) async throws -> (
                programs: [Program], isLinked: Bool
            )

        package init(
            link: @escaping @Sendable (_ key: String) async throws -> NetworkLink?,
            recommend:
                @escaping @Sendable (_ need: String, _ limit: Int, NetworkLink?) async throws -> (
                    programs: [Program], isLinked: Bool
                )
        ) {
            (self.link, self.recommend) = (link, recommend)
        }
    }

    package var search: @Sendable (_ text: String, _ atMost: Amount<USDC>?, _ limit: Int) async throws -> [Service]
    package var service: @Sendable (_ id: String) async throws -> Service
    package var call: @Sendable (Order) async throws -> Outcome
    /// What a call has charged: 0 where there is no record of it, nil while it may still be given back.
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
    private let neighbours = Mutex<(market: Neighbours?, network: Neighbours.Network?)>((nil, nil))

    package func set(_ market: Neighbours, _ network: Neighbours.Network) {
        self.neighbours.withLock { $0 = (market, network) }
    }

    var present: Neighbours? { self.neighbours.withLock { $0.market } }
    var network: Neighbours.Network? { self.neighbours.withLock { $0.network } }
}
