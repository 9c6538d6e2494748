import Kernel
import Platform
import Web

/// Who may do what: each operation asks for one scope, or one of several.
extension Access where Who == Caller {
    static func scope(_ wanted: Scope...) -> Access {
        .key(roles: Scopes.roles(having: Set(wanted))) { _ in GatewayProblems.scopeMissing(wanted[0].rawValue) }
    }
}

extension Operation {
    /// An operation that is told who acts, instead of whose key it is.
    static func acting(
        _ summary: String,
        needs access: Access<Caller>,
        effect: Effect = .read,
        by actors: ActorReader,
        _ perform: @escaping @Sendable (In, GatewayActor, Call) async throws -> Out
    ) -> Operation {
        Operation(summary, access: access, effect: effect) { (input: In, caller: Caller, call: Call) in
            try await perform(input, try await actors.actor(caller, call), call)
        }.refusing(ActorReader.refusals)
    }
}
