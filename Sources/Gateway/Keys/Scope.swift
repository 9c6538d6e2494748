import Kernel
import Platform

/// What a key may do. An operation asks for one of them.
package enum Scope: String, SurfaceRole {
    package static let surface = GatewayContract.name

    case admin = "operator.admin"
    case read = "operator.read"
    case write = "operator.write"
    case approvals = "operator.approvals"
    case pairing = "operator.pairing"
    case provision = "operator.provision"

    /// Those that it brings along.
    fileprivate var implied: Set<Scope> {
        switch self {
        case .admin: Set(Scope.allCases)
        case .write, .provision: [.read]
        case .read, .approvals, .pairing: []
        }
    }
}

/// The scopes of a key, as they were given. On the house's side they are the credential's role.
package struct Scopes: Sendable, Equatable {
    let given: [Scope]

    init(_ given: some Sequence<Scope>) {
        let set = Set(given)
        self.given = Scope.allCases.filter(set.contains)
    }

    init?(_ names: [String]) {
        let known = names.compactMap { Scope(rawValue: $0) }
        guard known.count == names.count else { return nil }
        self.init(known)
    }

    /// Of a credential.
    init(_ role: Role) {
        self.init(role.name.bytewise.split("+").compactMap { Scope(rawValue: String($0)) })
    }

    var names: [String] { self.given.map(\.rawValue) }
    var role: Role { Role(name: self.names.joined(separator: "+")) }

    /// With those that the given ones bring along.
    var all: Set<Scope> { self.given.reduce(into: Set(self.given)) { $0.formUnion($1.implied) } }

    func has(_ scope: Scope) -> Bool { self.all.contains(scope) }

    /// Every set of scopes that has one of the wanted ones, as roles: an operation is declared with them.
    static func roles(having wanted: Set<Scope>) -> Set<Role> {
        let all = Scope.allCases
        let sets = (1..<(1 << all.count)).map { bits in
            Scopes(all.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
        }
        return Set(sets.filter { !$0.all.isDisjoint(with: wanted) }.map(\.role))
    }

    /// The role that people see.
    var roleName: String {
        if self.has(.admin) { return "admin" }
        return self.given == [.read] ? "viewer" : "operator"
    }
}
