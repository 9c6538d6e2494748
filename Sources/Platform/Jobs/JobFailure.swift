import Foundation
import Kernel

/// Why a job has failed: a problem's code with what its sentence names. Jobs of earlier builds have a text instead.
package enum JobFailure: Sendable, Equatable {
    case problem(code: String, arguments: [String: String])
    case text(String)

    private struct Stored: Codable {
        let code: String
        let arguments: [String: String]
    }

    init(_ problem: Problem) { self = .problem(code: problem.code, arguments: problem.arguments) }

    init(stored: String) {
        let read = try? JSONDecoder().decode(Stored.self, from: Data(stored.utf8))
        self = read.map { .problem(code: $0.code, arguments: $0.arguments) } ?? .text(stored)
    }

    var stored: String {
        switch self {
        case .problem(let code, let arguments):
            (try? JSON.text(Stored(code: code, arguments: arguments))) ?? code
        case .text(let text): text
        }
    }

    /// A step has failed too often, or its server has.
    static let `internal` = JobFailure.problem(code: "internal_error", arguments: [:])
}
