import Foundation
import HTTPTypes
package import Hummingbird
package import Kernel
import Logging
import NIOCore
import NIOHTTP1
package import Platform
import Storage

/// The outermost layer of a listener: names the request, holds addresses to their limit, turns whatever is thrown into the
/// surface's envelope, logs it once, and puts the headers on that every answer has.
package struct RootResponder: HTTPResponder {
    private let surfaces: [Surface]
    /// The surface of a listener that has only one; nil on the main one, where the first path segment names it.
    private let only: Surface?
    private let platform: WebDependencies
    private let paths: RequestPath
    private let routes: RouteTable
    /// Of paths that no route has, by the surface's name; nil for the host's own.
    private let unrouted: [String?: RouteFigures]

    package init(surfaces: [Surface], only: Surface?, platform: WebDependencies, routes: RouteTable) {
        self.surfaces = surfaces
        self.only = only
        self.platform = platform
        self.routes = routes
        self.paths = RequestPath(
            only.map { [("", $0.endpoints)] } ?? surfaces.map { ("/\($0.name)", $0.endpoints) }
        )
        self.unrouted = Dictionary(
            uniqueKeysWithValues: ([nil] + surfaces.map(\.name)).map { ($0, RouteFigures(.init("other")!, "unknown")) }
        )
        platform.metrics.add(self.samples)
    }

    /// What was asked of this listener, by route.
    private func samples() -> [Sample] {
        let routed = self.routes.figures.flatMap { path, figures in
            figures.samples(surface: self.surface(of: path)?.name ?? HostContract().name)
        }
        return routed + self.unrouted.flatMap { name, figures in figures.samples(surface: name ?? HostContract().name) }
    }

    package func respond(to request: Request, context: AppContext) async -> Response {
        let startedAt = self.platform.clock.now()
        var context = context
        context.trace = Trace.begin(traceparent: request.headers[.traceparent], ids: self.platform.ids)
        context.clientAddress = self.platform.proxies.clientAddress(
            socket: context.socketAddress ?? "",
            forwarded: request.headers[values: .xForwardedFor]
        )
        context.isFromTrustedProxy = self.platform.proxies.trusts(context.socketAddress ?? "")
        context.bodies = self.platform.bodies
        let surface = self.surface(of: request.uri.path)
        let target = self.target(of: request)
        context.jsonBodies = surface?.contract.jsonBodies ?? .usual
        context.charge = self.charge(context, surface)
        var response: Response
        do {
            response = try await self.answer(target, request, context, surface)
        } catch {
            response = self.response(to: error, request, context, surface)
        }
        self.decorate(&response, request, context, surface)
        let microseconds = self.platform.clock.now().microseconds - startedAt.microseconds
        self.platform.accessLog?.note(
            request,
            response,
            context,
            surface: surface?.name ?? HostContract().name,
            route: target.figures?.route,
            at: startedAt,
            microseconds: microseconds
        )
        (target.figures ?? self.unrouted[surface?.name])?.note(response.status.code, microseconds: microseconds)
        return response
    }

    private func surface(of path: String) -> Surface? {
        if let only { return only }
        let path = path.utf8.dropFirst()
        return self.surfaces.first { surface in
            let name = surface.name.utf8
            guard path.starts(with: name) else { return false }
            let rest = path.dropFirst(name.count).first
            return rest == nil || rest == UInt8(ascii: "/")
        }
    }

    /// Addresses are limited on the surfaces; what operators and load balancers ask is not.
    private func charge(_ context: AppContext, _ surface: Surface?) -> AddressCharge? {
        guard let surface, let buckets = self.platform.addressBuckets else { return nil }
        return AddressCharge(buckets, address: context.limitKey, clock: self.platform.clock, contract: surface.contract)
    }

    /// A request that has shown no valid key by its end is charged like one without a key.
    private func answer(
        _ target: Target,
        _ request: Request,
        _ context: AppContext,
        _ surface: Surface?
    ) async throws -> Response {
        switch surface?.contract.addressCost(of: request.head) {
        case .one: try context.charge?.take()
        case .tenth: try context.charge?.take(0.1)
        case .oneUnlessKnown, nil: break
        }
        do {
            let response = try await self.dispatch(target, request, context, surface)
            try context.charge?.take()
            return response
        } catch {
            // What failed within is told as such.
            if Problem(any: error).kind != .internal { try context.charge?.take() }
            throw error
        }
    }

    /// What a request is for.
    private enum Target {
        case route(RouteTable.Match)
        case unknown
        case path(RequestPath.Reading)

        var figures: RouteFigures? { if case .route(let match) = self { match.figures } else { nil } }
    }

    private func target(of request: Request) -> Target {
        let path = request.head.path ?? ""
        let reading = self.paths.read(path)
        guard case .proper = reading else { return .path(reading) }
        return self.routes.find(request.method, path).map { .route($0) } ?? .unknown
    }

    private func dispatch(_ target: Target, _ request: Request, _ context: AppContext, _ surface: Surface?) async throws
        -> Response
    {
        switch target {
        case .route(let match):
            var context = context
            context.pathParameters = match.parameters
            return try await match.handler(request, context)
        case .unknown: throw Problem(.notFound, "not_found", headers: try await self.requireKey(request, context))
        case .path(.slashed(let path)): return Response(status: .permanentRedirect, headers: [.location: path])
        case .path(.unreadable) where surface?.contract.refusesUnreadablePaths ?? false:
            throw Problem(.unreadable, "path_encoding", headers: try await self.requireKey(request, context))
        case .path: throw Problem(.notFound, "not_found")
        }
    }

    /// Where a contract says nothing to strangers, not even that there is no such path.
    private func requireKey(_ request: Request, _ context: AppContext) async throws -> [Problem.Header] {
        try await self.surface(of: request.uri.path)?.requireKey(for: request, context, at: self.platform.door) ?? []
    }

    private func response(
        to error: any Error,
        _ request: Request,
        _ context: AppContext,
        _ surface: Surface?
    ) -> Response {
        let problem = Problem(any: error)
        if problem.kind == .internal {
            self.platform.logger.error(
                "request failed",
                metadata: [
                    "error": "\(error)", "method": "\(request.method)", "path": "\(request.uri.path)",
                    "request_id": "\(context.trace.requestID)", "trace_id": "\(context.trace.traceID)",
                ]
            )
        }
        let contract = surface?.contract ?? HostContract()
        let path = request.uri.path
        let client = Language.ofClient(request)
        let told = contract.body(for: problem, in: client, answering: path)
        let body = (try? JSON.encode(contract.naming(request: context.trace.requestID, in: told))) ?? []
        var headers = problem.headers + contract.headers(for: problem, in: client, answering: path)
        var response = Response(status: contract.status(for: problem.kind), jsonBytes: ByteBuffer(bytes: body))
        // People who have followed a link get a page; operations answer the contract's form to everybody.
        if request.headers[.accept]?.bytewise.contains("text/html") ?? false,
            !request.uri.path.bytewise.contains("/api/"), !request.uri.path.bytewise.contains("/v1/")
        {
            let language = Language.of(request, among: contract.languages)
            let say = { (key: String) in contract.words.say(key, in: language) }
            let start = surface == nil || self.only != nil ? "/" : "/\(contract.name)/"
            let title = say(problem.kind == .notFound ? "page_not_found" : "this_did_not_work")
            response = HTML.page(
                title: title,
                body: """
                    <h1>\(title)</h1><p class="problem" role="alert">\(contract.words.describe(problem, in: language))</p>
                    <p><a href="\(start)">\(say("to_the_start"))</a></p>
                    """,
                language: language
            )
            response.status = contract.status(for: problem.kind)
            headers = problem.headers
        }
        response.headers[.problem] = problem.code
        for header in headers {
            if let name = HTTPField.Name(header.name) {
                response.headers.append(HTTPField(name: name, value: header.value))
            }
        }
        return response
    }

    private func decorate(
        _ response: inout Response,
        _ request: Request,
        _ context: AppContext,
        _ surface: Surface?
    ) {
        response.headers.put(Self.noSniffing)
        // Answers to changes may hold secrets, and are nobody else's.
        let isRead = [.get, .head].contains(request.method) && surface?.contract.areReadsKept ?? true
        if !isRead, !response.headers.contains(.cacheControl) {
            response.headers.append(Self.noStore)
        }
        response.headers.put(Self.noFrames)
        if !response.headers.contains(.referrerPolicy) { response.headers.append(Self.sameOriginReferrer) }
        response.headers.put(HTTPField(name: .xRequestID, value: context.trace.requestID))
        guard let origin = request.headers[.origin], self.platform.allows(origin: origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        response.headers[.accessControlExposeHeaders] = self.platform.exposedHeaders
    }
}

extension RootResponder {
    // Written once: every answer has them.
    private static let noSniffing = HTTPField(name: .xContentTypeOptions, value: "nosniff")
    private static let noStore = HTTPField(name: .cacheControl, value: "no-store")
    private static let noFrames = HTTPField(name: .xFrameOptions, value: "DENY")
    private static let sameOriginReferrer = HTTPField(name: .referrerPolicy, value: "same-origin")

    /// What it counts and times.
    package static let metrics = [RouteFigures.requests, RouteFigures.durations]
}

extension Problem {
    /// Anything that can be thrown; what is not known becomes an internal error without its cause.
    package init(any error: any Error) {
        self =
            switch error {
            case let problem as Problem: problem
            case StorageError.unavailable, StorageError.connectionLost: .storageUnavailable
            case let http as HTTPError where http.status == .notFound: Problem(.notFound, "not_found")
            case let http as HTTPError where http.status == .contentTooLarge:
                Problem(.tooLarge, "too_large")
            case is NIOTooManyBytesError: Problem(.tooLarge, "too_large")
            case let http as HTTPError where http.status.kind == .clientError:
                Problem(.unreadable, "bad_request")
            // Nobody is there to hear it.
            case is CancellationError, is ChannelError: Problem(.unreadable, "client_left")
            case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
                Problem(.unreadable, "client_left")
            case is HTTPParserError: Problem(.unreadable, "bad_request")
            default: Problem(.internal, "internal_error")
            }
    }
}

/// How the main listener's own paths speak.
struct HostContract: SurfaceContract {
    let name = "souk"
    let title = "Souk"
    let version = "1"
    let summary = ""

    var words: Words { HouseWords.all }
    func body(for problem: Problem) -> JSONValue { ["detail": .string(self.words.message(problem))] }
    func presentedKey(in _: HTTPFields) throws(Problem) -> PresentedKey? { nil }
    func problem(for _: AuthenticationFailure) -> Problem {
        Problem(.unauthenticated, "unauthenticated")
    }
}

extension HTTPFields {
    /// In place of others of its name, which are seldom there.
    fileprivate mutating func put(_ field: HTTPField) {
        if self.contains(field.name) { self[field.name] = nil }
        self.append(field)
    }
}

extension HTTPField.Name {
    package static let traceparent = Self("traceparent")!
    package static let xForwardedFor = Self("X-Forwarded-For")!
    package static let xRequestID = Self("X-Request-Id")!
    package static let xFrameOptions = Self("X-Frame-Options")!
    package static let referrerPolicy = Self("Referrer-Policy")!
    /// The problem's code, whatever body the contract has for it.
    package static let problem = Self("X-Souk-Problem")!
    package static let idempotencyKey = Self("Idempotency-Key")!
}
