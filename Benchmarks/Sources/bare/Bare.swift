import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore

/// What Souk is compared with: Hummingbird with nothing on it, and a forward with nothing but AsyncHTTPClient.
///
/// `bare PORT UPSTREAM` answers `GET /` and `POST /` with a word and everything at `/forward` with the upstream's answer.
@main
struct Bare {
    static func main() async throws {
        let port = Int(CommandLine.arguments[1])!
        let upstream = CommandLine.arguments[2]
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let router = Router()
        router.get("/") { _, _ in "hello" }
        router.post("/") { request, _ in
            _ = try await request.body.collect(upTo: 1024 * 1024)
            return "hello"
        }
        router.post("/forward") { request, _ in
            let body = try await request.body.collect(upTo: 10 * 1024 * 1024)
            var message = HTTPClientRequest(url: upstream)
            message.method = .POST
            message.body = .bytes(body)
            let answer = try await client.execute(message, timeout: .seconds(30))
            let bytes = try await answer.body.collect(upTo: 10 * 1024 * 1024)
            return Response(status: .ok, body: ResponseBody(byteBuffer: bytes))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 1024),
            logger: Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() }
        )
        try await application.runService()
        try await client.shutdown()
    }
}
