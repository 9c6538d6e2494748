import Kernel
import Web

/// One call of a service through the market's proxy, to be copied: the key is the environment's `KEY`.
struct CallSample {
    private let method: String
    private let url: String
    private let headers: [(name: String, value: String)]
    private let body: String?
    private let json: JSONValue?

    /// - Parameter operation: nil where the provider has not said how the service is called: the body is then the caller's file.
    init(_ listing: Listing, _ operation: ServiceOperation?, _ publicURL: String) {
        self.url = "\(publicURL)/api/v1/proxy/\(listing.id.text)\(operation?.target ?? "/")"
        self.method = operation?.method ?? "POST"
        let type = operation.map(\.contentType) ?? "application/json"
        self.headers = (type.isEmpty ? [] : [("Content-Type", type)]) + (operation?.headers ?? [])
        self.body = operation.map(\.body) ?? nil
        self.json = operation?.isJSON ?? false ? operation?.requestExample : nil
        self.isKnown = operation != nil
    }

    private let isKnown: Bool

    var curl: String {
        var lines = ["curl -X \(self.method) \(Self.quoted(self.url))", "-H \"Authorization: Bearer $KEY\""]
        lines += self.headers.map { "-H \(Self.quoted("\($0.name): \($0.value)"))" }
        if let body { lines.append("-d \(Self.quoted(body))") }
        if !self.isKnown { lines.append("-d @request.json") }
        return lines.joined(separator: " \\\n  ")
    }

    var python: String {
        var arguments = ["\(JSON.text(of: .string(self.url))),", "headers={"]
        arguments.append("    \"Authorization\": f\"Bearer {os.environ['KEY']}\",")
        for header in self.headers {
            arguments.append("    \(JSON.text(of: .string(header.name))): \(JSON.text(of: .string(header.value))),")
        }
        arguments.append("},")
        if let json {
            arguments.append("json=\(Self.python(json)),")
        } else if let body {
            arguments.append("data=\(JSON.text(of: .string(body))),")
        } else if !self.isKnown {
            arguments.append("data=open(\"request.json\", \"rb\"),")
        }
        return """
            import os

            import requests

            answer = requests.\(self.method.lowercased())(
                \(arguments.joined(separator: "\n    "))
            )
            print(answer.status_code, answer.text)
            """
    }

    var javaScript: String {
        var lines = ["method: \"\(self.method)\",", "headers: {", "  Authorization: `Bearer ${process.env.KEY}`,"]
        for header in self.headers {
            lines.append("  \(JSON.text(of: .string(header.name))): \(JSON.text(of: .string(header.value))),")
        }
        lines.append("},")
        if let json {
            lines.append("body: JSON.stringify(\(JSON.text(of: json))),")
        } else if let body {
            lines.append("body: \(JSON.text(of: .string(body))),")
        } else if !self.isKnown {
            lines.append("body: await (await import(\"node:fs/promises\")).readFile(\"request.json\"),")
        }
        return """
            const answer = await fetch(\(JSON.text(of: .string(self.url))), {
              \(lines.joined(separator: "\n  "))
            });
            console.log(answer.status, await answer.text());
            """
    }

    /// For a shell.
    private static func quoted(_ text: String) -> String { "'\(text.bytewise.replacing("'", with: "'\\''"))'" }

    private static func python(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .array(let items): "[\(items.map { self.python($0) }.joined(separator: ", "))]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { name, member in
                    "\(JSON.text(of: .string(name))): \(self.python(member))"
                }.joined(separator: ", ") + "}"
        default: JSON.text(of: value)
        }
    }
}
