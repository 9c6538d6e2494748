import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
package import Web

/// The routers of the listeners: the main one, and one for each surface that has its own.
extension House {
    /// Every surface at its prefix, and the host's own paths.
    package func mainRouter() -> Router<AppContext> {
        let router = Router(context: AppContext.self)
        router.add(middleware: RootMiddleware(surfaces: self.surfaces, only: nil, platform: self.web))
        for surface in self.surfaces { Mounting(self.web).mount(surface, on: router, prefix: "/\(surface.name)") }
        let mounted = self.surfaces.map { OpenAPIDocument.Mounted(surface: $0, prefix: "/\($0.name)") }
        self.addDocuments(OpenAPIDocument(mounted, title: "Souk"), to: router, prefix: "")
        for surface in self.surfaces {
            let document = OpenAPIDocument(
                [.init(surface: surface, prefix: "")],
                title: surface.contract.title,
                server: "/\(surface.name)"
            )
            self.addDocuments(document, to: router, prefix: "/\(surface.name)")
        }
        self.addHostPaths(to: router)
        router.get(RouterPath(HTML.styleSheetPath)) { _, _ in HTML.styleSheet }
        return router
    }

    /// One surface at the root.
    package func router(of surface: Surface) -> Router<AppContext> {
        let router = Router(context: AppContext.self)
        router.add(middleware: RootMiddleware(surfaces: [surface], only: surface, platform: self.web))
        Mounting(self.web).mount(surface, on: router, prefix: "")
        self.addDocuments(
            OpenAPIDocument([.init(surface: surface, prefix: "")], title: surface.contract.title),
            to: router,
            prefix: ""
        )
        router.get(RouterPath(HTML.styleSheetPath)) { _, _ in HTML.styleSheet }
        return router
    }

    private func addHostPaths(to router: Router<AppContext>) {
        let (database, metrics, clock) = (self.database, self.metrics, self.clock)
        let home = HomePage(surfaces: self.surfaces)
        router.get("/") { request, _ in
            guard request.headers[.accept]?.bytewise.contains("text/html") ?? false else {
                return Response(
                    status: .ok,
                    json: ["service": "Souk", "docs": "/docs", "openapi": "/openapi.json"]
                )
            }
            return home.response(to: request)
        }
        router.get("/health") { _, _ in
            Response(status: .ok, json: ["status": "ok", "timestamp": .string(clock.now().text)])
        }
        router.get("/ready") { _, _ in
            // A database that does not answer, or in which nothing can be written, is told to the load balancer and not to the log.
            guard (try? await database.read({ _ in true })) == true, !database.health.isFailing else {
                throw Problem.storageUnavailable
            }
            return Response(status: .ok, json: ["status": "ready"])
        }
        if let sandboxClock = self.sandboxClock {
            router.post("/sandbox/clock") { request, _ in
                let body = try await request.body.collect(upTo: 1024)
                let input: JSONValue? = try? JSON.read(body.readableBytesView)
                guard let moment = input?["now"]?.string.flatMap({ Timestamp(text: $0) }) else {
                    throw Problem(.invalid, "now_required")
                }
                try sandboxClock.move(to: moment)
                return Response(status: .ok, json: ["now": .string(clock.now().text)])
            }
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition()))
            )
        }
    }

    private func addDocuments(_ document: OpenAPIDocument, to router: Router<AppContext>, prefix: String) {
        let file = OpenAPIFile(document)
        router.get(RouterPath("\(prefix)/openapi.json")) { _, _ in try file.response() }
        let docs = DocsPages(
            document: document,
            openAPIPath: "\(prefix)/openapi.json",
            docsPath: "\(prefix)/docs",
            assetsDirectory: "\(self.configuration.assetsDirectory)/swagger-ui"
        )
        router.get(RouterPath("\(prefix)/docs")) { _, _ in docs.page() }
        router.get(RouterPath("\(prefix)/docs/{file}")) { _, context in try docs.file(context.pathParameter("file")) }
    }
}
