import Crypto
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
package import Web

/// What the listeners answer: the main one, and one for each surface that has its own.
extension House {
    /// Every surface at its prefix, and the host's own paths.
    package func mainResponder() -> RootResponder {
        var routes = RouteTable()
        for surface in self.surfaces { Mounting(self.web).mount(surface, on: &routes, prefix: "/\(surface.name)") }
        let mounted = self.surfaces.map { OpenAPIDocument.Mounted(surface: $0, prefix: "/\($0.name)") }
        let pages = self.documentPages
        self.addDocuments(
            OpenAPIDocument(mounted, title: "Souk"),
            to: &routes,
            prefix: "",
            else: { try pages.page($0) }
        )
        for surface in self.surfaces {
            let document = OpenAPIDocument(
                [.init(surface: surface, prefix: "")],
                title: surface.contract.title,
                server: "/\(surface.name)"
            )
            self.addDocuments(document, of: surface, to: &routes, prefix: "/\(surface.name)")
            Mounting(self.web).mountWellKnown(surface, on: &routes)
        }
        self.addHostPaths(to: &routes)
        routes.get(HTML.styleSheetPath) { _, _ in HTML.styleSheet }
        return RootResponder(surfaces: self.surfaces, only: nil, platform: self.web, routes: routes)
    }

    /// One surface at the root.
    package func responder(of surface: Surface) -> RootResponder {
        var routes = RouteTable()
        Mounting(self.web).mount(surface, on: &routes, prefix: "")
        self.addDocuments(
            OpenAPIDocument([.init(surface: surface, prefix: "")], title: surface.contract.title),
            of: surface,
            to: &routes,
            prefix: ""
        )
        routes.get(HTML.styleSheetPath) { _, _ in HTML.styleSheet }
        return RootResponder(surfaces: [surface], only: surface, platform: self.web, routes: routes)
    }

    private var documentPages: DocumentPages {
        DocumentPages(
            in: DocumentPages.places(assets: self.configuration.assetsDirectory),
            surfaces: self.surfaces,
            publicURL: self.publicURL
        )
    }

    private func addHostPaths(to routes: inout RouteTable) {
        let (database, clock) = (self.database, self.clock)
        let home = HomePage(surfaces: self.surfaces)
        routes.get("/") { request, _ in
            guard request.headers[.accept]?.bytewise.contains("text/html") ?? false else {
                return Response(
                    status: .ok,
                    json: ["service": "Souk", "docs": "/docs", "openapi": "/openapi.json"]
                )
            }
            return home.response(to: request)
        }
        let pages = self.documentPages
        let llms = KeptText(pages.llms, type: "text/plain; charset=utf-8")
        routes.get("/llms.txt") { request, _ in llms.response(to: request) }
        routes.get("/docs/decisions/{file}") { _, context in
            try pages.page("decisions/\(context.pathParameter("file"))")
        }
        let robots = RobotsFile.text(
            self.surfaces.map { ($0.contract, "/\($0.name)") },
            publicURL: self.publicURL
        )
        routes.get("/robots.txt") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: robots))
            )
        }
        routes.get("/health") { _, _ in
            Response(status: .ok, json: ["status": "ok", "timestamp": .string(clock.now().text)])
        }
        routes.get("/ready") { _, _ in
            // A database that does not answer, or in which nothing can be written, is told to the load balancer and not to the log.
            guard (try? await database.read({ _ in true })) == true, !database.health.isFailing else {
                throw Problem.storageUnavailable
            }
            return Response(status: .ok, json: ["status": "ready"])
        }
        if let sandboxClock = self.sandboxClock { Self.addClock(sandboxClock, clock, to: &routes) }
        self.addMetrics(to: &routes)
    }

    /// Of a sandbox: what time it is there, and moving it.
    private static func addClock(_ sandboxClock: SandboxClock, _ clock: WallClock, to routes: inout RouteTable) {
        routes.get("/sandbox/clock") { _, _ in
            Response(status: .ok, json: ["now": .string(clock.now().text)])
        }
        routes.on(.post, "/sandbox/clock") { request, _ in
            let body = try await request.body.collect(upTo: 1024)
            let input: JSONValue? = try? JSON.read(body.readableBytesView)
            guard let moment = input?["now"]?.string.flatMap({ Timestamp(text: $0) }) else {
                throw Problem(.invalid, "now_required")
            }
            try sandboxClock.move(to: moment)
            // What polls looks again before the answer; jobs, webhooks and mail that begin by it follow.
            await Pollers.lookNow()
            return Response(status: .ok, json: ["now": .string(clock.now().text)])
        }
    }

    private func addMetrics(to routes: inout RouteTable) {
        let metrics = HouseMetrics(self)
        switch self.configuration.metrics {
        case .listener: return
        case .closed: routes.get("/metrics") { _, _ in throw Problem(.forbidden, "metrics_closed") }
        case .key(let key):
            routes.get("/metrics") { request, _ in
                let (scheme, shown) = (request.headers[.authorization] ?? "").bytewise.cut(at: " ")
                // Digests are compared in constant time.
                guard scheme.lowercased() == "bearer", let shown,
                    SHA256.hash(data: Array(shown.utf8)) == SHA256.hash(data: Array(key.utf8))
                else {
                    throw Problem(
                        .unauthenticated,
                        "metrics_key_required",
                        headers: [.init("WWW-Authenticate", "Bearer realm=\"metrics\"")]
                    )
                }
                return await metrics.response()
            }
        }
    }

    /// The metrics alone.
    func metricsResponder() -> RootResponder {
        var routes = RouteTable()
        let metrics = HouseMetrics(self)
        routes.get("/metrics") { _, _ in await metrics.response() }
        return RootResponder(surfaces: [], only: nil, platform: self.web, routes: routes)
    }

    /// - Parameter surface: nil for all of them. One may have a document of its own.
    private func addDocuments(
        _ document: OpenAPIDocument,
        of surface: Surface? = nil,
        to routes: inout RouteTable,
        prefix: String,
        else other: (@Sendable (String) throws -> Response)? = nil
    ) {
        let file = OpenAPIFile(document)
        if surface?.endpoints.contains(where: { $0.path == "/openapi.json" }) != true {
            routes.get("\(prefix)/openapi.json") { request, _ in try file.response(to: request) }
        }
        let docs = DocsPages(
            document: document,
            openAPIPath: "\(prefix)/openapi.json",
            docsPath: "\(prefix)/docs",
            assetsDirectory: "\(self.configuration.assetsDirectory)/swagger-ui"
        )
        if surface?.endpoints.contains(where: { $0.path == "/docs" }) != true {
            routes.get("\(prefix)/docs") { _, _ in docs.page() }
        }
        routes.get("\(prefix)/docs/{file}") { _, context in
            let name = context.pathParameter("file")
            guard let other, !DocsPages.has(name) else { return try docs.file(name) }
            return try other(name)
        }
    }
}
