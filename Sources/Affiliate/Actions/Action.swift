import Kernel
import NIOCore
import Platform
import Web

/// One action of the one endpoint, declared once: the declaration finds it, lets callers in, reads its parameters and documents it.
struct Action: Sendable {
    let name: String
    let summary: String
    let access: AccessRule
    let effect: Effect
    let inputs: [FieldDescription]
    let refusals: [Problem]
    let known: KnownNames
    /// What stands in `data`: its JSON Schema and an example.
    let describe: @Sendable () -> (schema: JSONValue, example: JSONValue)
    /// Writes the whole answer.
    let perform: @Sendable (Entry, Call, _ parameters: JSONValue) async throws -> ByteBuffer

    init<In: Input, Out: Wire>(_ name: String, _ operation: Operation<In, Out>) {
        let shape = Completed<Out>.shape
        let message = operation.access.isOpen ? "OK" : "Operation completed"
        self.name = name
        self.summary = operation.summary
        self.access = operation.access
        self.effect = operation.effect
        self.inputs = InputReader.describe(In.self)
        self.known = KnownNames(of: In.self)
        let denied: [Problem] =
            if case .key(_?, let denial) = operation.access { [denial(Role(name: "publisher"))] } else { [] }
        self.refusals = denied + operation.refusals
        self.describe = { (Out.shape.schema, Out.shape.example) }
        self.perform = { entry, call, parameters in
            let data = try await operation.perform(entry, part: parameters, call)
            let refusal = (data as? any Refusable)?.refusal
            let answer = Completed(data: data, message: refusal ?? message, isSuccess: refusal == nil)
            return ByteBuffer(bytes: shape.bytes(of: answer))
        }
    }
}

/// Who may do an action (docs/affiliate.md, Actions).
extension Access where Who == Caller {
    static var common: Access { .action(nil) }
    static var publisher: Access { .action(.publishers) }
    static var agent: Access { .action([AffiliateRole.agent.role]) }

    private static func action(_ roles: Set<Role>?) -> Access {
        .key(roles: roles, denial: AffiliateProblems.roleForbidden)
    }
}
