import Foundation
import HTTPTypes
import Hummingbird
import Kernel
package import Platform

/// A line for each request, when its answer begins. Without queries, which may hold what is nobody's business.
package struct AccessLog: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// One object a line.
        case json
        /// As Apache and nginx write it, so that their tools read it.
        case combined
    }

    private let format: Format
    private let writer: LogWriter

    package init(_ format: Format, writer: LogWriter) { (self.format, self.writer) = (format, writer) }

    /// Returns when what was taken so far is written.
    package func flush() { self.writer.flush() }

    func note(
        _ request: Request,
        _ response: Response,
        _ context: AppContext,
        surface: String,
        route: String?,
        at moment: Timestamp,
        microseconds: Int64
    ) {
        let line =
            switch self.format {
            case .json: self.object(request, response, context, surface, route, moment, microseconds)
            case .combined: Self.combined(request, response, context, moment)
            }
        self.writer.write(Array(line.utf8) + [.lineFeed])
    }

    private func object(
        _ request: Request,
        _ response: Response,
        _ context: AppContext,
        _ surface: String,
        _ route: String?,
        _ moment: Timestamp,
        _ microseconds: Int64
    ) -> String {
        var line: [String: JSONValue] = [
            "time": .string(moment.text), "client": .string(context.clientAddress),
            "method": .string(request.method.rawValue), "path": .string(Self.path(request)),
            "status": .int(response.status.code), "duration_ms": .number(Double(microseconds) / 1000),
            "surface": .string(surface), "request_id": .string(context.trace.requestID),
            "trace_id": .string(context.trace.traceID),
        ]
        if let route { line["route"] = .string(route) }
        if let length = response.body.contentLength { line["bytes"] = .int(length) }
        if let agent = request.headers[.userAgent] { line["user_agent"] = .string(agent.inOneLine) }
        if let referrer = Self.referrer(request) { line["referrer"] = .string(referrer.inOneLine) }
        return JSON.text(of: .object(line))
    }

    private static func combined(
        _ request: Request,
        _ response: Response,
        _ context: AppContext,
        _ moment: Timestamp
    ) -> String {
        let length = response.body.contentLength.map(String.init) ?? "-"
        let asked = "\(request.method.rawValue) \(self.escaped(self.path(request))) HTTP/1.1"
        let agent = self.escaped(request.headers[.userAgent] ?? "-")
        let client = context.clientAddress.isEmpty ? "-" : context.clientAddress
        return "\(client) - - [\(self.clf(moment))] \"\(asked)\" \(response.status.code) \(length) "
            + "\"\(self.escaped(self.referrer(request) ?? "-"))\" \"\(agent)\""
    }

    /// Without a query, and without a fragment, which no client should send.
    private static func path(_ request: Request) -> String {
        String(request.uri.path.bytewise.cut(at: "#").before).inOneLine
    }

    /// Where the browser came from, without its query.
    private static func referrer(_ request: Request) -> String? {
        request.headers[.referer].map { String($0.bytewise.cut(at: "?").before) }
    }

    /// `30/Nov/2026:18:23:20 +0000`.
    private static func clf(_ moment: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))
        return Self.clfStyle.format(date)
    }

    private static let clfStyle = Date.VerbatimFormatStyle(
        format:
            "\(day: .twoDigits)/\(month: .abbreviated)/\(year: .defaultDigits):\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000",
        locale: Locale(identifier: "en_US_POSIX"),
        timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian)
    )

    /// Quotes, and what would end a line or move a terminal's cursor, as `\xHH`.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 || $0 > 126 || $0 == 34 || $0 == 92 }) else { return text }
        return text.utf8.map { byte in
            byte < 32 || byte > 126 || byte == 34 || byte == 92
                ? "\\x\([byte].hex)" : String(UnicodeScalar(byte))
        }.joined()
    }
}
