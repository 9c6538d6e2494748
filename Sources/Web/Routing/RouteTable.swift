package import HTTPTypes
package import Hummingbird
import Kernel

/// Finds the handler of a request by its path and its method (decision 25). A segment that is written out goes before a parameter, and a
/// parameter before `**`, which takes one segment or more. Empty segments count for nothing.
package struct RouteTable: Sendable {
    package typealias Handler = @Sendable (Request, AppContext) async throws -> Response

    private struct Route: Sendable {
        let path: String
        let handler: Handler
        /// The names of its parameters, in their order.
        let names: [String]
        let figures: RouteFigures
    }

    private struct Node: Sendable {
        var literals: [(bytes: [UInt8], node: Int)] = []
        var parameter: Int?
        /// The node of `**`.
        var rest: Int?
        var routes: [HTTPRequest.Method: Route] = [:]
    }

    /// A handler, with what the path holds for its parameters, not decoded.
    package struct Match: Sendable {
        /// As it was written when the handler was put in.
        package let path: String
        let handler: Handler
        let figures: RouteFigures
        package let parameters: [(name: String, value: String)]
    }

    private var nodes = [Node()]

    package init() {}

    /// - Parameter path: `/services/{id}`, `/proxy/{id}/**`.
    package mutating func on(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        var node = 0
        var names: [String] = []
        for segment in path.bytewise.split("/") {
            let name = segment.bytewise.dropping(prefix: "{")?.bytewise.dropping(suffix: "}")
            if let name { names.append(String(name)) }
            node = self.child(of: node, segment, isParameter: name != nil)
        }
        self.nodes[node].routes[method] = Route(
            path: path,
            handler: handler,
            names: names,
            figures: RouteFigures(method, path)
        )
    }

    /// HEAD asks for the head of the same answer.
    package mutating func get(_ path: String, _ handler: @escaping Handler) {
        self.on(.get, path, handler)
        self.on(.head, path) { try await handler($0, $1).createHeadResponse() }
    }

    /// Of every route, with its path.
    var figures: [(path: String, figures: RouteFigures)] {
        self.nodes.flatMap { node in node.routes.values.map { ($0.path, $0.figures) } }
    }

    private mutating func child(of node: Int, _ segment: Substring, isParameter: Bool) -> Int {
        let bytes = Array(segment.utf8)
        let new = self.nodes.count
        if segment.bytewise.equals("**") {
            if let rest = self.nodes[node].rest { return rest }
            self.nodes[node].rest = new
        } else if isParameter {
            if let parameter = self.nodes[node].parameter { return parameter }
            self.nodes[node].parameter = new
        } else {
            if let literal = self.nodes[node].literals.first(where: { $0.bytes == bytes }) { return literal.node }
            self.nodes[node].literals.append((bytes, new))
        }
        self.nodes.append(Node())
        return new
    }

    /// - Parameter target: a path, with or without a query.
    package func find(_ method: HTTPRequest.Method, _ target: String) -> Match? {
        var target = target
        return target.withUTF8 { target in
            let path = UnsafeBufferPointer(rebasing: target.prefix { $0 != UInt8(ascii: "?") })
            var values: [Range<Int>] = []
            guard let node = self.walk(from: 0, path, at: 0, &values), let route = self.nodes[node].routes[method]
            else { return nil }
            return Match(
                path: route.path,
                handler: route.handler,
                figures: route.figures,
                parameters: zip(route.names, values).map { name, range in
                    (name, String(decoding: UnsafeBufferPointer(rebasing: path[range]), as: UTF8.self))
                }
            )
        }
    }

    /// The node of the path from `start` on; what its parameters are is added to `values`.
    private func walk(
        from node: Int,
        _ path: UnsafeBufferPointer<UInt8>,
        at start: Int,
        _ values: inout [Range<Int>]
    ) -> Int? {
        var start = start
        while start < path.count, path[start] == UInt8(ascii: "/") { start += 1 }
        guard start < path.count else { return self.nodes[node].routes.isEmpty ? nil : node }
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        for (bytes, literal) in self.nodes[node].literals
        where bytes.count == end - start && bytes.elementsEqual(path[start..<end]) {
            if let found = self.walk(from: literal, path, at: end, &values) { return found }
        }
        if let parameter = self.nodes[node].parameter {
            let before = values.count
            values.append(start..<end)
            if let found = self.walk(from: parameter, path, at: end, &values) { return found }
            values.removeSubrange(before...)
        }
        return self.nodes[node].rest
    }
}
