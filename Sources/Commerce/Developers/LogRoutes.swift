import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What an account's keys have asked, newest first.
struct LogRoutes: Sendable {
    static let limits = 1...500

    let database: any Database

    var endpoints: [Endpoint] { [Endpoint(.get, "/v1/developers/logs", tag: DeveloperRoutes.tag, self.list)] }

    struct ListInput: Input {
        let limit: Int
        let cursor: Cursor?
        let filter: RequestLogStore.Filter

        init(_ read: inout InputReader) {
            self.limit = read.query("limit", .integer, default: 50, json: 50, "How many", .range(LogRoutes.limits))
            self.cursor = read.cursor()
            self.filter = RequestLogStore.Filter(
                key: read.query("key_id", .string, "Only of this key", .line(canBeBlank: true), .atMost(100))?.nonEmpty
                    .map { ID($0) },
                status: read.query("status", .integer, "Only this status; 4 for all that begin so", .range(1...599)),
                path: read.query("path", .string, "Only this path", .line(canBeBlank: true), .atMost(200))?.nonEmpty
            )
        }
    }

    var list: Operation<ListInput, CursorList<LogOutput>> {
        Operation("List requests of my keys", access: .console) { input, caller, _ in
            let page = try await self.database.read {
                try $0.requestLog.list(of: caller.identity, input.filter, before: input.cursor, limit: input.limit)
            }
            return CursorList(page) { LogOutput(request: $0) }
        }
    }
}

struct LogOutput: Listed {
    let request: LoggedRequest

    static let listName = "logs"
    static let listSummary = "Newest first"

    static let members: [Member<Self>] = [
        Member("request_id", \.request.requestID, "As the answer's X-Request-Id has it"),
        Member("key_id", \.request.key, "The key that has asked"),
        Member("channel", \.request.channel.nonEmpty, "The channel that it named"),
        Member("method", \.request.method, "The method", example: "GET"),
        Member("path", \.request.path, "The path, without its query", example: "/v1/recommend"),
        Member("status_code", \.request.status, "What was answered", example: 200),
        Member("duration_ms", \.request.milliseconds, "How long it took", unit: "ms"),
        Member("match_tier", \.request.tier.nonEmpty, "How closely a recommendation met the words"),
        Member("llm_cost", { _ in "0" }, "What a language model has cost; 0 without one", example: "0"),
        Member("created_at", { $0.request.at.utc }, "When it was"),
    ]
}
