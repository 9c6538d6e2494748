import Foundation
import HTTPTypes
import Kernel
import Platform
import Server
import Synchronization
import Web

/// Sees to it that whatever an operation refuses in a test stands in its document.
final class RefusalWatch: Sendable {
    /// Problems that were answered, and that their operation does not name.
    struct Undeclared: Error, CustomStringConvertible {
        let description: String
    }

    /// What every operation may answer, which its document says by the status alone.
    private static let common: Set<String> = [
        "bad_request", "bodies_full", "bodies_of_address", "client_left", "field_encoding", "forbidden",
        "internal_error", "invalid",
        "invalid_json", "malformed", "method_not_allowed", "not_found", "not_utf8", "overloaded",
        "storage_unavailable", "too_deep", "too_large", "too_large_json", "unauthenticated",
        "unsupported_media_type",
    ]

    private let surfaces: [Surface]
    private let found = Mutex<Set<String>>([])

    init(_ house: House) { self.surfaces = house.slices.map(\.surface) }

    func check(_ method: HTTPRequest.Method, _ path: String, _ body: String?, _ answer: TestClient.Answer) {
        guard let code = answer.header("X-Souk-Problem"), !Self.common.contains(code) else { return }
        let parts = path.prefix { $0 != "?" }.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, let surface = self.surfaces.first(where: { $0.name == parts[0] }) else { return }
        let asked = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        let endpoint = surface.endpoints.filter { $0.method == method && Self.matches($0, asked) }.max {
            // A word stands before a parameter.
            $0.path.count(where: { $0 == "{" }) > $1.path.count(where: { $0 == "{" })
        }
        guard let endpoint, !endpoint.isPage else { return }
        let name = (try? JSON.read(Array((body ?? "").utf8)))?["action"]?.string
        let action = surface.actions.first { $0.name == name && endpoint.path == "/api/mcp.php" }
        var declared = Set((endpoint.refusals + (action?.refusals ?? [])).map(\.code))
        declared.formUnion(
            AuthenticationFailure.allCases.map { surface.contract.problem(for: $0, under: endpoint.access).code }
        )
        if case .key(_, let denial) = endpoint.access { declared.insert(denial(Role(name: "")).code) }
        guard !declared.contains(code) else { return }
        let operation = action?.name ?? "\(endpoint.method) \(endpoint.path)"
        self.found.withLock { _ = $0.insert("\(surface.name) \(operation) refuses \(code)") }
    }

    private static func matches(_ endpoint: Endpoint, _ asked: [Substring]) -> Bool {
        let path = endpoint.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard path.count == asked.count || endpoint.takesRestOfPath && path.count <= asked.count else { return false }
        return zip(path, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }

    /// Throws `Undeclared`.
    func end() throws {
        let found = self.found.withLock { $0.sorted() }
        // What is recorded is looked at afterwards.
        if ProcessInfo.processInfo.environment["SOUK_RECORD"] != nil { return }
        if !found.isEmpty { throw Undeclared(description: "undeclared: " + found.joined(separator: "; ")) }
    }
}
