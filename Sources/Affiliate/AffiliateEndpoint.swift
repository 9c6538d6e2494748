import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

extension Endpoint {
    /// A route beside the contract's actions, which answers in the contract's form.
    static func affiliate<In: Input, Out: Wire>(
        _ method: HTTPRequest.Method,
        _ path: String,
        tag: String,
        status: HTTPResponse.Status = .ok,
        _ operation: Operation<In, Out>
    ) -> Endpoint {
        Endpoint(method, path, tag: tag, status: status, operation.map { Completed(data: $0) })
    }
}

extension Access where Who == Caller {
    /// Whoever has one of the roles; everybody with a key when nil.
    static func roles(_ roles: Set<Role>?) -> Access {
        .key(roles: roles, denial: AffiliateProblems.notForYourRole)
    }
}

/// The contract's form of an answer.
struct Completed<Data: Wire>: Answer {
    let data: Data
    var message = "Operation completed"
    /// False for what was written down and does not count.
    var isSuccess = true

    static var members: [Member<Self>] {
        [
            Member("success", \.isSuccess, "Whether it was done, and counts", example: true),
            Member("message", \.message, "What was done", example: "Operation completed"),
            Member("data", \.data, "What came of it"),
        ]
    }
}

/// What can come to nothing although it was written down.
protocol Refusable: Wire {
    /// Why it does not count; nil where it does.
    var refusal: String? { get }
}

/// That something was done, where there is nothing else to say: `{"deleted": true}`.
protocol Done: Answer {
    static var name: String { get }
    static var summary: String { get }
}

extension Done {
    static var members: [Member<Self>] { [Member(self.name, { _ in true }, self.summary)] }
}

extension Set<Role> {
    static let publishers = Set(AffiliateRole.publishing.map(\.role))
    static let advertisers: Set<Role> = [AffiliateRole.advertiser.role]
    static let operators: Set<Role> = [AffiliateRole.operator.role]
    static let publishersAndOperators = Self.publishers.union(Self.operators)
    static let advertisersAndOperators = Self.advertisers.union(Self.operators)
}

extension InputReader {
    /// A number of the path; 0, which names nothing, where it is none.
    mutating func number<Entity>(_ name: String, _ summary: String) -> NumericID<Entity> {
        NumericID(self.path(name, summary)) ?? 0
    }
}
