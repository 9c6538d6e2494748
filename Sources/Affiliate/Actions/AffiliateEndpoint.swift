import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

extension Endpoint {
    /// An operation beside the contract's actions, which answers in the contract's form.
    ///
    /// - Parameter roles: who may do it; nil for everybody with a key.
    static func affiliate<In: Input>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        for roles: Set<String>?,
        status: HTTPResponse.Status = .ok,
        example: JSONValue,
        optional: Set<String> = [],
        _ handle: @escaping @Sendable (In, Caller, Call) async throws -> JSONValue
    ) -> Endpoint {
        let inputs = InputReader.describe(In.self)
        let hasBody = inputs.contains { $0.place == .body }
        return Endpoint(
            raw: method,
            path,
            summary,
            tag: tag,
            access: .key(roles: roles, denial: AffiliateProblems.notForYourRole),
            inputs: inputs,
            answers: [
                AnswerDescription(
                    status: status,
                    summary: "Success",
                    example: ["success": true, "message": "Operation completed", "data": example],
                    optional: optional
                )
            ]
        ) { caller, call in
            let input: In = try await hasBody ? call.readBody() : call.readQuery()
            let data = try await handle(input, caller, call)
            return try Response(
                status: status,
                json: ["success": true, "message": "Operation completed", "data": data] as JSONValue
            )
        }
    }
}

extension Set<String> {
    static let publishers = AffiliateRole.publishing
    static let advertisers: Set<String> = [AffiliateRole.advertiser.rawValue]
    static let operators: Set<String> = [AffiliateRole.operator.rawValue]
    static let publishersAndOperators = Self.publishers.union(Self.operators)
    static let advertisersAndOperators = Self.advertisers.union(Self.operators)
}

extension InputReader {
    /// A number of the path; 0, which names nothing, where it is none.
    mutating func number(_ name: String, _ summary: String) -> Int64 { Int64(self.path(name, summary)) ?? 0 }
}
