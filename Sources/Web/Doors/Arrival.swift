package import HTTPTypes
package import Hummingbird
import Kernel
package import Platform

/// A request that is not authorised yet. Its caller is not known.
package struct Arrival: Sendable {
    /// How the request identifies its caller.
    package enum Identification: Sendable {
        /// By a key among its headers.
        case key(HTTPFields)
        /// By a session: a signed-in browser asks for a page.
        case session(Caller)
        /// Part of a request that is already authorised: a page calls an operation.
        case within(Caller)
    }

    package let contract: any SurfaceContract
    let identification: Identification
    let charge: AddressCharge?
    private let door: Door
    private let address: String

    init(_ identification: Identification, _ context: AppContext, at door: Door, of contract: any SurfaceContract) {
        self.identification = identification
        self.charge = context.charge
        self.door = door
        self.contract = contract
        self.address = context.limitKey
    }

    /// The caller; nil without a key. Throws the contract's problem for an invalid key.
    ///
    /// - Parameter rule: whom it asks for, where the contract has keys of several kinds. Of two keys, both good, the one that it allows
    ///   is the caller's.
    package func identify(under rule: AccessRule? = nil) async throws -> Caller? {
        switch self.identification {
        case .session(let caller), .within(let caller): return caller
        case .key(let headers):
            guard let key = try self.contract.presentedKey(in: headers) else { return nil }
            let caller: Caller
            do { caller = try await self.door.identify(key, on: self.contract, under: rule) } catch {
                try self.door.noteFailure(of: self.address, on: self.contract)
                throw error
            }
            self.charge?.skip()
            guard let second = try self.contract.secondKey(in: headers) else { return caller }
            let other = try await self.door.identify(second, on: self.contract, under: nil)
            return rule.map { !$0.allows(caller.role) && $0.allows(other.role) } ?? false ? other : caller
        }
    }

    /// Who asks. Throws the contract's problem, also when no key is shown.
    package func requireKey(under rule: AccessRule? = nil) async throws -> Caller {
        guard let caller = try await self.identify(under: rule) else {
            throw self.contract.problem(for: .missing, under: rule)
        }
        return caller
    }

    /// Identifies the caller, then checks the role and the limit.
    package func enter(_ rule: AccessRule, _ effect: Effect) async throws -> Entry {
        try await self.door.enter(self, rule, effect)
    }

    /// Lets somebody in who has been identified: role, then limit.
    package func admit(_ caller: Caller, _ rule: AccessRule, _ effect: Effect) throws -> Entry {
        try self.door.admit(caller, rule, effect, self)
    }

    /// Somebody is known by other means than a key: the address is not charged.
    package func excuseAddress() { self.charge?.skip() }

    /// Nobody is known: the address is charged, unless it was already. Throws *limited*.
    package func chargeAddress() throws { try self.charge?.take() }

    /// Whether the request came from outside by itself.
    package var isFromOutside: Bool { if case .key = self.identification { true } else { false } }
}

/// A request that has been let in.
package struct Entry: Sendable {
    private let arrival: Arrival
    /// Nil where no key is needed and none was shown.
    let caller: Caller?
    private let limit: LimitDecision?

    init(_ arrival: Arrival, caller: Caller? = nil, limit: LimitDecision? = nil) {
        self.arrival = arrival
        self.caller = caller
        self.limit = limit
    }

    /// What a handler of the access receives.
    package func grant<Who>(_ access: Access<Who>) throws -> Who { try access.grant(self.arrival, self.caller) }

    /// Adds the headers of the key's limit to the body's response or problem.
    package func answer(_ body: () async throws -> Response) async throws -> Response {
        guard let headers = self.limit?.headers else { return try await body() }
        do {
            var response = try await body()
            for header in headers {
                response.headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value))
            }
            return response
        } catch let problem as Problem { throw problem.adding(headers) }
    }
}

extension Surface {
    /// Where a contract says nothing to strangers, not even that there is no such path. What the answer says of the caller's limit.
    func requireKey(for request: Request, _ context: AppContext, at door: Door) async throws -> [Problem.Header] {
        guard self.contract.asksForKeyFirst(request.uri.path) else { return [] }
        return await self.counting(
            try await Arrival(.key(request.headers), context, at: door, of: self.contract).requireKey()
        )
    }
}
