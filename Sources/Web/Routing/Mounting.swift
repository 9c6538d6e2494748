import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform

/// Puts a surface's endpoints into a route table: each with its guards, HEAD for every GET, OPTIONS, and a true 405.
package struct Mounting: Sendable {
    private let platform: WebDependencies

    package init(_ platform: WebDependencies) { self.platform = platform }

    /// - Parameter prefix: empty on the surface's own listener.
    package func mount(_ surface: Surface, on routes: inout RouteTable, prefix: String) {
        self.mount(surface.endpoints, of: surface, on: &routes, prefix: prefix)
    }

    /// What is looked for at the host itself (RFC 8615), also where the surface has a prefix.
    package func mountWellKnown(_ surface: Surface, on routes: inout RouteTable) {
        let wellKnown = surface.endpoints.filter { $0.path.bytewise.starts(with: "/.well-known/") }
        self.mount(wellKnown, of: surface, on: &routes, prefix: "")
    }

    private func mount(_ endpoints: [Endpoint], of surface: Surface, on routes: inout RouteTable, prefix: String) {
        let byPath = Dictionary(grouping: endpoints) { Self.route($0, prefix) }
        for (text, endpoints) in byPath.sorted(by: { $0.key < $1.key }) {
            let paths = Self.paths(text, takesRestOfPath: endpoints[0].takesRestOfPath)
            var allowed = endpoints.map(\.method)
            for endpoint in endpoints {
                let handler = self.handler(endpoint, surface.contract)
                self.register(endpoint.method, paths, on: &routes, handler)
                // A call that is paid for is not made by a client that only wants to look.
                if endpoint.method == .get, endpoint.hasHead, !endpoint.takesRestOfPath {
                    allowed.append(.head)
                    self.register(.head, paths, on: &routes) { request, context in
                        try await handler(request, context).createHeadResponse()
                    }
                }
            }
            self.registerOthers(paths, allowed, surface, on: &routes)
        }
    }

    private static func route(_ endpoint: Endpoint, _ prefix: String) -> String {
        let path = prefix + endpoint.path
        // characters: an endpoint's own path
        guard endpoint.takesRestOfPath, let last = path.lastIndex(of: "/") else { return path }
        return path[..<last] + "/**"
    }

    private func handler(
        _ endpoint: Endpoint,
        _ contract: any SurfaceContract
    ) -> RouteTable.Handler {
        let door = self.platform.door
        let handler: RouteTable.Handler = { request, context in
            let arrival = Arrival(.key(request.headers), context, at: door, of: contract)
            let response = try await endpoint.answer(arrival, Call(request: request, context: context))
            // What is somebody else's is passed on as it comes.
            guard !endpoint.takesRestOfPath, LongAnswer.isLong(response) else { return response }
            return try await LongAnswer.holding(response, context)
        }
        // Where a key is not looked at, the handler guards what it looks at instead.
        guard endpoint.guardsSecrets, !endpoint.access.isOpen else { return handler }
        return { request, context in
            // Whoever shows no key guesses none.
            guard let key = try contract.presentedKey(in: request.headers) else {
                return try await handler(request, context)
            }
            return try await door.guarding(
                [.address(context.clientAddress), .secret(of: key.id)],
                on: contract
            ) { try await handler(request, context) }
        }
    }

    private func registerOthers(
        _ paths: [String],
        _ allowed: [HTTPRequest.Method],
        _ surface: Surface,
        on routes: inout RouteTable
    ) {
        let door = self.platform.door
        let allow = (allowed + [.options]).map(\.rawValue).sorted().joined(separator: ", ")
        self.register(.options, paths, on: &routes) { request, _ in
            var headers: HTTPFields = [.allow: allow]
            if request.headers[.origin] != nil {
                headers[.accessControlAllowMethods] = allow
                headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders] ?? "*"
                headers[.accessControlMaxAge] = "600"
            }
            return Response(status: .noContent, headers: headers)
        }
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .trace, .init("QUERY")!]
        for method in known where !allowed.contains(method) {
            self.register(method, paths, on: &routes) { request, context in
                let limits = try await surface.requireKey(for: request, context, at: door)
                throw Problem(.methodNotAllowed, "method_not_allowed", headers: [.init("Allow", allow)] + limits)
            }
        }
    }

    private func register(
        _ method: HTTPRequest.Method,
        _ paths: [String],
        on routes: inout RouteTable,
        _ handler: @escaping RouteTable.Handler
    ) {
        for path in paths { routes.on(method, path, handler) }
    }

    /// `/proxy/{id}/` and `/proxy/{id}` call the service's own address.
    private static func paths(_ text: String, takesRestOfPath: Bool) -> [String] {
        takesRestOfPath ? [text, String(text.dropLast("/**".count))] : [text]
    }
}
