import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import ServiceLifecycle

/// The provider of the demo: a small HTTP server with three services over text.
struct DemoProvider: Service {
    typealias Text = (path: String, name: String, description: String, price: String, tags: [String])

    static let services: [Text] = [
        (
            "keywords", "Keyword Extraction", "The words that a text is about, with their counts", "0.01",
            ["nlp", "keywords", "关键词", "キーワード", "từ khóa"]
        ),
        (
            "summary", "Text Summary", "The two sentences that say the most of a text", "0.05",
            ["nlp", "summary", "摘要", "要約", "tóm tắt"]
        ),
        (
            "readability", "Readability Score", "Words, sentences, syllables and the Flesch reading ease of a text",
            "0.02", ["nlp", "metrics", "可读性", "読みやすさ", "độ dễ đọc"]
        ),
    ]

    /// How each of them is called.
    static func interface(of service: Text) -> ServiceInterface {
        let text = "Kyoto is calm in winter. The temples open at nine. Few visitors come before ten."
        let answer: JSONValue
        switch service.path {
        case "keywords":
            answer = [
                "keywords": .array(
                    TextTools.keywords(text).map { ["word": .string($0.word), "count": .int($0.count)] }
                )
            ]
        case "summary": answer = ["summary": .string(TextTools.summary(text))]
        default:
            let score = TextTools.readability(text)
            answer = [
                "words": .int(score.words), "sentences": .int(score.sentences), "syllables": .int(score.syllables),
                "reading_ease": .int(score.readingEase),
            ]
        }
        let operation = ServiceOperation(
            name: service.path,
            summary: service.description,
            contentType: "application/json",
            requestExample: ["text": .string(text)],
            requestSchema: [
                "type": "object", "properties": ["text": ["type": "string", "minLength": 1]], "required": ["text"],
            ],
            responseExample: answer
        )
        return ServiceInterface(operations: [operation], notes: "400: text is missing. It costs nothing.")
    }

    private let application: any Service

    /// - Parameter port: 0 takes a free one; `ready` is told which.
    init(port: Int, ready: @escaping @Sendable (Int) -> Void = { _ in }) {
        let router = Router()
        router.post("/{tool}") { request, context in
            let body = try await request.body.collect(upTo: 1024 * 1024)
            guard let input: JSONValue = try? JSON.read(body.readableBytesView),
                let text = input["text"]?.string
            else {
                return Self.answer(.badRequest, ["error": "send {\"text\": \"…\"}"])
            }
            switch context.parameters.get("tool") {
            case "keywords":
                let words = TextTools.keywords(text).map {
                    JSONValue.object(["word": .string($0.word), "count": .integer(Int64($0.count))])
                }
                return Self.answer(.ok, ["keywords": .array(words)])
            case "summary": return Self.answer(.ok, ["summary": .string(TextTools.summary(text))])
            case "readability":
                let score = TextTools.readability(text)
                return Self.answer(
                    .ok,
                    [
                        "words": .integer(Int64(score.words)), "sentences": .integer(Int64(score.sentences)),
                        "syllables": .integer(Int64(score.syllables)),
                        "reading_ease": .integer(Int64(score.readingEase)),
                    ]
                )
            default: return Self.answer(.notFound, ["error": "no such tool"])
            }
        }
        self.application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { ready($0.localAddress?.port ?? 0) },
            logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    func run() async throws { try await self.application.run() }

    private static func answer(_ status: HTTPResponse.Status, _ value: JSONValue) -> Response {
        let bytes = (try? JSON.encode(value)) ?? []
        return Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
