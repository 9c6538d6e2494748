package import Kernel

/// What can be asked of a surface: a value with a typed input and a typed answer. Endpoints, actions and pages do the same one, each
/// through the door.
package struct Operation<In: Input, Out: Wire>: Sendable {
    package let summary: String
    package let access: AccessRule
    package let effect: Effect
    /// What it refuses of itself, in order of precedence; what every operation refuses stands in no list.
    package private(set) var refusals: [Problem] = []
    let perform: @Sendable (Entry, In, Call) async throws -> Out

    /// - Parameter perform: receives whom the access lets in.
    package init<Who>(
        _ summary: String,
        access: Access<Who>,
        effect: Effect = .read,
        _ perform: @escaping @Sendable (In, Who, Call) async throws -> Out
    ) {
        self.summary = summary
        self.access = access.rule
        self.effect = effect
        self.perform = { entry, input, call in try await perform(input, try entry.grant(access), call) }
    }

    /// The same for everybody: there is no caller to receive.
    package init(
        _ summary: String,
        access: Access<Void>,
        effect: Effect = .read,
        _ perform: @escaping @Sendable (In, Call) async throws -> Out
    ) {
        self.init(summary, access: access, effect: effect) { (input: In, _: Void, call: Call) in
            try await perform(input, call)
        }
    }

    private init(
        _ summary: String,
        _ access: AccessRule,
        _ effect: Effect,
        perform: @escaping @Sendable (Entry, In, Call) async throws -> Out
    ) {
        (self.summary, self.access, self.effect, self.perform) = (summary, access, effect, perform)
    }

    /// The same with another answer: a contract wraps what its operations answer.
    package func map<Other: Wire>(_ wrap: @escaping @Sendable (Out) -> Other) -> Operation<In, Other> {
        var other = Operation<In, Other>(self.summary, self.access, self.effect) { entry, input, call in
            wrap(try await self.perform(entry, input, call))
        }
        other.refusals = self.refusals
        return other
    }

    /// The same with its problems, for its document. Arguments of a problem are examples.
    package func refusing(_ problems: Problem...) -> Operation { self.refusing(problems) }

    package func refusing(_ problems: [Problem]) -> Operation {
        var other = self
        other.refusals += problems
        return other
    }

    /// Does it for somebody who has been let in, with an input that is a part of a body.
    package func perform(_ entry: Entry, part: JSONValue, _ call: Call) async throws -> Out {
        try await self.perform(entry, try call.read(In.self, from: part), call)
    }
}
