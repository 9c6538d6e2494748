import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore

/// What Souk is compared with: Hummingbird with nothing on it, and a forward with nothing but AsyncHTTPClient.
///
/// `bare PORT UPSTREAM` answers `GET /` and `POST /` with a word and everything at `/forward` with the upstream's answer. At
/// `/v1/chat/completions` a model answers, whose name says how: `m-64-20` streams 64 words, one each 20 ms.
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
        router.post("/v1/chat/completions") { request, _ in
            let body = try await request.body.collect(upTo: 10 * 1024 * 1024)
            let text = String(buffer: body)
            let name = text.components(separatedBy: "\"m-").dropFirst().first?.prefix { $0 != "\"" } ?? "8-0"
            let numbers = name.split(separator: "-").compactMap { Int($0) }
            let words = numbers.first ?? 8
            guard text.contains("\"stream\":true") || text.contains("\"stream\": true") else { return Model.whole(words) }
            return Model.stream(words, every: .milliseconds(numbers.last ?? 0))
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

/// A model that always says the same.
enum Model {
    static func whole(_ words: Int) -> Response {
        let text = Array(repeating: "word", count: words).joined(separator: " ")
        let body = """
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",\
            "content":"\(text)"},"finish_reason":"stop"}],"usage":\(Self.usage(words))}
            """
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }

    static func stream(_ words: Int, every pause: Duration) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                let clock = ContinuousClock()
                let start = clock.now
                for word in 0..<words {
                    if pause > .zero { try await clock.sleep(until: start + pause * word) }
                    try await writer.write(Self.chunk("{\"content\":\"w\(word) \"}", "null"))
                }
                try await writer.write(Self.chunk("{}", "\"stop\""))
                let end = "data: {\"id\":\"c\",\"choices\":[],\"usage\":\(Self.usage(words))}\n\ndata: [DONE]\n\n"
                try await writer.write(ByteBuffer(string: end))
                try await writer.finish(nil)
            }
        )
    }

    private static func chunk(_ delta: String, _ reason: String) -> ByteBuffer {
        ByteBuffer(
            string: """
                data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":\(delta),\
                "finish_reason":\(reason)}]}\n\n
                """
        )
    }

    private static func usage(_ words: Int) -> String {
        "{\"prompt_tokens\":20,\"completion_tokens\":\(words),\"total_tokens\":\(20 + words)}"
    }
}
