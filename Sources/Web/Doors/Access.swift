package import Kernel
package import Platform

/// Who may do an operation, and therefore what its handler receives: `.anyKey` gives a `Caller`, `.open` gives nothing.
package struct Access<Who: Sendable>: Sendable {
    package let rule: AccessRule
    let grant: @Sendable (Arrival, Caller?) throws -> Who

    package init(_ rule: AccessRule, _ grant: @escaping @Sendable (Arrival, Caller?) throws -> Who) {
        self.rule = rule
        self.grant = grant
    }
}

/// Who may, apart from what comes of it: for documents and tests too.
package enum AccessRule: Sendable {
    /// Anybody; a key is not looked at.
    case open
    /// Anybody; a key, when there is one, must be good.
    case optional
    /// Holders of a key with one of the roles (nil: any role). `denial` makes the problem for another role.
    case key(roles: Set<Role>?, denial: @Sendable (Role) -> Problem)
    /// The request decides: a name in the body, or a token among the inputs. The handler passes the door with its `Arrival`.
    case undecided(hasKey: Bool)

    package var isOpen: Bool { if case .open = self { true } else { false } }

    /// The roles that it names; empty where it names none.
    package var roles: Set<Role> { if case .key(let roles?, _) = self { roles } else { [] } }

    /// Whether the rule allows the role.
    package func allows(_ role: Role) -> Bool {
        if case .key(let roles?, _) = self { roles.contains(role) } else { true }
    }
}

extension Access where Who == Void {
    package static var open: Access { Access(.open) { _, _ in () } }
}

extension Access where Who == Caller? {
    package static var optional: Access { Access(.optional) { _, caller in caller } }
}

extension Access where Who == Caller {
    package static var anyKey: Access { .key(roles: nil, denial: Problem(.forbidden, "forbidden")) }

    package static func key(roles: Set<Role>?, denial: Problem) -> Access {
        .key(roles: roles) { _ in denial }
    }

    package static func key(roles: Set<Role>?, denial: @escaping @Sendable (_ role: Role) -> Problem) -> Access {
        Access(.key(roles: roles, denial: denial)) { arrival, caller in
            guard let caller else { throw arrival.contract.problem(for: .missing) }
            return caller
        }
    }
}

extension Access where Who == Arrival {
    /// The handler cannot mistake what it receives for a caller.
    package static var undecided: Access { Access(.undecided(hasKey: true)) { arrival, _ in arrival } }
    package static var token: Access { Access(.undecided(hasKey: false)) { arrival, _ in arrival } }
}

/// Whether an operation reads or writes. Some surfaces limit the two separately.
package enum Effect: String, Sendable {
    case read, write
}

/// At most so many requests of a key in a minute.
package struct KeyLimit: Sendable {
    /// The limit's name, in `RateLimit-Policy`; what is limited apart has another.
    package let policy: String
    package let requests: Int

    package init(policy: String, requests: Int) {
        self.policy = policy
        self.requests = requests
    }
}
