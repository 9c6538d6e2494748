import HTTPTypes
import Kernel
import Platform
import Server
import Web

/// Every endpoint with a key of every surface on the list, asked by nobody and by each role that its declaration leaves out.
///
/// Pages check sessions themselves. What owners may do with what is theirs is the surface's own, and stands in its table.
package struct AccessMatrix: Sendable {
    /// What was asked, and what came: `market POST /api/v1/services by buyer: 403`.
    package private(set) var answers: [String] = []
    /// The answers that the declarations do not allow.
    package private(set) var breaches: [String] = []

    package init(of server: TestServer, _ client: TestClient) async throws {
        for slice in server.house.slices {
            let (surface, contract) = (type(of: slice).name, slice.surface.contract)
            var keys: [(role: Role, key: String?)] = []
            for role in type(of: slice).roles {
                let made = try await slice.makeKey(role: role, owner: "\(surface)-\(role).example", rateLimit: 0)
                // Who signs instead has no key to show.
                if let key = made["authorization"]?.string { keys.append((role, key)) }
            }
            for endpoint in slice.surface.endpoints {
                guard case .key(let roles, let denial) = endpoint.access else { continue }
                let path = "/\(surface)\(endpoint.path.replacing(#/\{\w+\}/#, with: "1"))"
                let nobody = try await client.send(endpoint.method, path).status
                self.note(surface, endpoint, "nobody", nobody, isRight: nobody == 401)
                guard let roles else { continue }
                for (role, key) in keys where !roles.contains(role) {
                    let status = try await client.send(endpoint.method, path, key: key).status
                    self.note(
                        surface,
                        endpoint,
                        role.name,
                        status,
                        isRight: status == contract.status(for: denial(role).kind).code
                    )
                }
            }
        }
    }

    private mutating func note(_ surface: String, _ endpoint: Endpoint, _ who: String, _ status: Int, isRight: Bool) {
        let answer = "\(surface) \(endpoint.method) \(endpoint.path) by \(who): \(status)"
        self.answers.append(answer)
        if !isRight { self.breaches.append(answer) }
    }
}
