import Hummingbird
import Kernel
import Platform
import Web

/// Reads and writes of a key in a minute (contract, section 5), whichever way they come.
struct KeyLimits: Sendable {
    static let writesPerMinute = 30

    let clock: WallClock
    private let reads = SlidingWindows(policy: "reads", windowSeconds: 60)
    private let writes = SlidingWindows(policy: "writes", windowSeconds: 60)

    init(clock: WallClock) { self.clock = clock }

    /// The headers that tell what is left; none for a key whose limits are lifted. Throws `rateLimited`.
    func take(_ caller: Caller, _ effect: Action.Effect) throws -> [Problem.Header] {
        guard caller.rateLimit > 0 else { return [] }
        let decision =
            switch effect {
            case .read: self.reads.take(caller.credential, limit: caller.rateLimit, now: self.clock.now())
            case .write: self.writes.take(caller.credential, limit: Self.writesPerMinute, now: self.clock.now())
            }
        guard decision.isAllowed else { throw AffiliateProblems.rateLimited.limited(by: decision) }
        return decision.headers
    }

    /// The operations beside the actions count as these do.
    func guarding(_ endpoints: [Endpoint]) -> [Endpoint] {
        endpoints.map { endpoint in
            endpoint.guarded { call in
                guard let caller = call.caller else { return }
                _ = try self.take(caller, call.request.method == .get || call.request.method == .head ? .read : .write)
            }
        }
    }
}
