import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import Platform

/// Reads pages of the public web.
struct WebFetchTool: Sendable {
    static let redirectLimit = 5
    static let byteLimit = 5 * 1024 * 1024
    static let seconds: Int64 = 30

    let outbound: Outbound

    var tool: Tool {
        Tool(
            "web_fetch",
            "Read a page of the public web as text.",
            .external,
            group: "web",
            parameters: Tool.schema(
                [
                    "url": ["type": "string", "maxLength": 4096],
                    "max_chars": ["type": "integer", "minimum": 100, "maximum": 100_000],
                ],
                required: ["url"]
            )
        ) { input in
            var url = input.text("url") ?? ""
            for _ in 0...Self.redirectLimit {
                guard let host = try? Outbound.host(of: url) else { return .error("The address is not valid.") }
                guard Self.allows(host, input.context.policy.webHosts) else {
                    return .error("This agent may not read from \(host).")
                }
                let answer: Page
                do { answer = try await self.get(url) } catch let error as OutboundError {
                    return .error("The page cannot be read: \(OutboundError.describe(error)).")
                }
                guard (300..<400).contains(answer.status), let location = answer.header("location") else {
                    return Self.result(answer, input.integer("max_chars") ?? 20_000)
                }
                // Each step is checked like the first one.
                guard let next = URL(string: location, relativeTo: URL(string: url))?.absoluteString else {
                    return .error("The page leads to an address that is not valid.")
                }
                url = next
            }
            return .error("The page leads on more than \(Self.redirectLimit) times.")
        }
    }

    private struct Page {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        func header(_ name: String) -> String? { self.headers.first(name: name) }
    }

    private func get(_ url: String) async throws -> Page {
        let request = OutboundRequest(
            method: "GET",
            url: url,
            headers: [
                .init("User-Agent", "Souk"),
                .init("Accept", "text/html, text/plain, application/json;q=0.9, */*;q=0.5"),
                .init("Accept-Encoding", "identity"),
            ]
        )
        // Whoever chooses the address may not reach what the operator has allowed to others.
        let call = try await self.outbound.begin(request, reach: .publicOnly, timeoutSeconds: Self.seconds)
        let response = try await call.response(until: .distantFuture)!
        let body = try await response.body.collect(upTo: Self.byteLimit, timeoutSeconds: Self.seconds)
        return Page(status: response.status, headers: response.headers, body: Array(body.readableBytesView))
    }

    /// A host of the list, or below one of it.
    static func allows(_ host: String, _ hosts: [String]?) -> Bool {
        guard let hosts else { return true }
        return hosts.contains { $0.lowercased() == host || host.bytewise.ends(with: ".\($0.lowercased())") }
    }

    private static func result(_ answer: Page, _ limit: Int) -> ToolResult {
        guard (200..<300).contains(answer.status) else {
            return .error("The page answers with status \(answer.status).")
        }
        guard let text = String(validating: answer.body, as: UTF8.self), !answer.body.contains(0) else {
            return .error("The page is no text.")
        }
        let isHTML = answer.header("content-type")?.lowercased().bytewise.contains("html") ?? false
        let plain = isHTML ? HTMLText.of(text) : text
        let shown = String(String.UnicodeScalarView(plain.unicodeScalars.prefix(limit)))
        let isCut = shown.utf8.count < plain.utf8.count
        return ToolResult(shown + (isCut ? "\n[cut after \(limit) characters]" : ""), isUntrusted: true)
    }
}

/// What a person reads of a page.
enum HTMLText {
    private static let hidden: Set<String> = ["script", "style", "noscript", "template", "svg", "head"]
    private static let blocks: Set<String> = [
        "p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
        "header", "footer", "blockquote", "pre", "hr", "dt", "dd", "main", "nav", "aside",
    ]

    static func of(_ html: String) -> String {
        var text = ""
        var rest = html[...]
        while let start = rest.bytewise.find("<") {
            text += self.decode(rest[..<start.lowerBound])
            rest = rest[start.upperBound...]
            if rest.bytewise.starts(with: "!--") {
                rest = rest.bytewise.cut(at: "-->").after ?? ""
                continue
            }
            let (tag, after) = rest.bytewise.cut(at: ">")
            rest = after ?? ""
            let name = String(tag.bytewise.split(anyOf: " \t\r\n/").first ?? "").lowercased()
            let isEnd = tag.utf8.first == UInt8(ascii: "/")
            if !isEnd, self.hidden.contains(name), tag.utf8.last != UInt8(ascii: "/") { rest = self.skip(name, rest) }
            if self.blocks.contains(name) { text += "\n" }
        }
        return self.tidied(text + self.decode(rest))
    }

    private static func skip(_ name: String, _ text: Substring) -> Substring {
        var rest = text
        while let end = rest.bytewise.find("</") {
            rest = rest[end.upperBound...]
            let found = rest.prefix(name.count).lowercased()
            if found == name { return rest.bytewise.cut(at: ">").after ?? "" }
        }
        return ""
    }

    private static let entities = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "mdash": "—", "ndash": "–",
        "hellip": "…", "copy": "©", "rsquo": "’", "lsquo": "‘", "rdquo": "”", "ldquo": "“",
    ]

    private static func decode(_ text: Substring) -> String {
        guard text.bytewise.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let start = rest.bytewise.find("&") {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            let name = rest.utf8.prefix(11).prefix { $0 != UInt8(ascii: ";") }
            guard name.count <= 10, name.endIndex < rest.endIndex, let value = self.entity(String(Substring(name)))
            else {
                result += "&"
                continue
            }
            result += value
            rest = Substring(rest.utf8[name.endIndex...].dropFirst())
        }
        return result + rest
    }

    private static func entity(_ name: String) -> String? {
        if let known = self.entities[name] { return known }
        guard let digits = name.bytewise.dropping(prefix: "#") else { return nil }
        let hex = digits.bytewise.dropping(prefix: "x") ?? digits.bytewise.dropping(prefix: "X")
        let value = hex.map { UInt32($0, radix: 16) } ?? UInt32(digits)
        return value.flatMap(UnicodeScalar.init).map { String(Character($0)) }
    }

    /// One blank between words, and one empty line between paragraphs.
    private static func tidied(_ text: String) -> String {
        let lines = text.bytewise.split("\n", keepsEmpty: true).map { line in
            line.bytewise.split(anyOf: " \t\r\u{0C}").joined(separator: " ")
        }
        var result: [String] = []
        for line in lines where !(line.isEmpty && result.last?.isEmpty ?? true) { result.append(line) }
        return result.joined(separator: "\n").trimmed
    }
}
