import Hummingbird
import Kernel

/// An OpenAPI document as a page: every operation with its parameters, body and answers.
struct PlainReference {
    private let document: JSONValue
    /// Of the document.
    private let path: String
    /// Where the same can be tried out; nil for nowhere.
    private let interactive: String?

    init(_ document: JSONValue, path: String, interactive: String?) {
        (self.document, self.path, self.interactive) = (document, path, interactive)
    }

    var response: Response {
        let title = self.document["info"]?["title"]?.string ?? "Reference"
        let operations = (self.document["paths"]?.object ?? [:]).sorted { $0.key < $1.key }.flatMap { path, item in
            (item.object ?? [:]).sorted { $0.key < $1.key }.map { method, operation in
                (path: path, method: method, operation: operation, tag: operation["tags"]?.array?.first?.string ?? "")
            }
        }
        let groups = Dictionary(grouping: operations, by: \.tag)
        let named = self.document["tags"]?.array ?? []
        let sections: [Markup] = named.compactMap { tag in
            guard let name = tag["name"]?.string, let group = groups[name] else { return nil }
            let shown = group.map { self.operation($0.method, $0.path, $0.operation) }
            return "<h2 id=\"\(Self.anchor(name))\">\(name)</h2><p>\(tag["description"]?.string ?? "")</p>\(shown)"
        }
        let contents: [Markup] = named.compactMap { tag in
            guard let name = tag["name"]?.string, groups[name] != nil else { return nil }
            return "<li><a href=\"#\(Self.anchor(name))\">\(name)</a></li>"
        }
        return HTML.page(
            title: title,
            body: """
                <h1>\(title)</h1>
                <p><a href="\(self.path)">OpenAPI</a>\(self.interactive.map { " · <a href=\"\($0)\">Swagger UI</a>" as Markup })</p>
                \(Markdown.html(of: self.document["info"]?["description"]?.string ?? ""))
                <nav aria-label="Operations"><ul class="tags">\(contents)</ul></nav>
                \(sections)\(self.webhooks)
                """
        )
    }

    private static func anchor(_ tag: String) -> String { tag.lowercased().bytewise.replacing(" ", with: "-") }

    /// What a reference stands for.
    private func resolved(_ schema: JSONValue) -> JSONValue {
        guard let reference = schema["$ref"]?.string, let name = reference.bytewise.split("/").last else {
            return schema
        }
        return self.document["components"]?["schemas"]?[String(name)] ?? .null
    }

    /// What subscribers are sent.
    private var webhooks: Markup {
        let events = (self.document["webhooks"]?.object ?? [:]).sorted { $0.key < $1.key }
        guard !events.isEmpty else { return .empty }
        let sections: [Markup] = events.map { name, item in
            let operation = item["post"] ?? .null
            let content = operation["requestBody"]?["content"]?["application/json"]
            return """
                <details><summary><code>\(name)</code> — \(operation["summary"]?.string ?? "")</summary>
                \(self.parameters(operation))\(self.table("Body", self.members(of: content?["schema"] ?? .null)))\(self.example(content))</details>
                """
        }
        return "<h2>Webhooks</h2>\(sections)"
    }

    private func operation(_ method: String, _ path: String, _ operation: JSONValue) -> Markup {
        """
        <details><summary><span class="method">\(method.uppercased())</span> <code>\(path)</code>
        — \(operation["summary"]?.string ?? "")</summary>
        \(Markdown.html(of: operation["description"]?.string ?? ""))\(self.parameters(operation))\(self.body(operation))\(self.actions(of: operation))\(self.answer(operation))\(self.answers(operation))</details>
        """
    }

    /// The members of the answer that is hoped for.
    private func answer(_ operation: JSONValue) -> Markup {
        let success = (operation["responses"]?.object ?? [:]).filter { $0.key.utf8.first == UInt8(ascii: "2") }.values
        let schema = success.first?["content"]?["application/json"]?["schema"]
        return self.table("Answer", self.members(of: schema ?? .null))
    }

    /// All members of an object, those of its parts by their path: `services[].pricing.currency`.
    private func members(of schema: JSONValue, in place: String = "", depth: Int = 0) -> [Row] {
        guard depth < 6 else { return [] }
        let schema = self.resolved(schema)
        if let items = schema["items"] { return self.members(of: items, in: "\(place)[]", depth: depth + 1) }
        if let others = schema["anyOf"]?.array, let some = others.first(where: { $0["type"]?.string != "null" }) {
            return self.members(of: some, in: place, depth: depth + 1)
        }
        return (schema["properties"]?.object ?? [:]).sorted { $0.key < $1.key }.flatMap { name, property in
            let path = place.isEmpty ? name : "\(place).\(name)"
            let row = Row(name: "\(path)", schema: property, summary: property["description"]?.string ?? "")
            return [row] + self.members(of: property, in: path, depth: depth + 1)
        }
    }

    private func example(_ content: JSONValue?) -> Markup {
        let text = content?["example"].flatMap { try? JSON.text($0) }
        return text.map { "<pre>\($0)</pre>" } ?? .empty
    }

    private struct Row {
        let name: Markup
        let schema: JSONValue
        let summary: String
    }

    private func parameters(_ operation: JSONValue) -> Markup {
        let rows = (operation["parameters"]?.array ?? []).map { parameter in
            Row(
                name:
                    "\(parameter["name"]?.string ?? "") <span class=\"soft\">(\(parameter["in"]?.string ?? ""))</span>",
                schema: parameter["schema"] ?? .null,
                summary: parameter["description"]?.string ?? ""
            )
        }
        return self.table("Parameters", rows)
    }

    private func body(_ operation: JSONValue) -> Markup {
        let content = operation["requestBody"]?["content"]?["application/json"]
        let schema = content?["schema"].map { self.resolved($0) }
        let required = Set((schema?["required"]?.array ?? []).compactMap(\.string))
        let rows = (schema?["properties"]?.object ?? [:]).sorted { $0.key < $1.key }.map { name, property in
            let mark: Markup = required.contains(name) ? " <span class=\"soft\">(required)</span>" : .empty
            return Row(name: "\(name)\(mark)", schema: property, summary: property["description"]?.string ?? "")
        }
        return "\(self.table("Body", rows))\(self.example(content))"
    }

    /// The actions of an endpoint that has many, by their names.
    private func actions(of operation: JSONValue) -> Markup {
        let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
        let mapping = (schema?["discriminator"]?["mapping"]?.object ?? [:]).sorted { $0.key < $1.key }
        guard !mapping.isEmpty else { return .empty }
        let schemas = self.document["components"]?["schemas"]?.object ?? [:]
        let actions: [Markup] = mapping.map { name, reference in
            let id = reference.string?.bytewise.split("/").last.map(String.init) ?? ""
            let action = schemas[id] ?? .null
            let parameters = self.members(of: action["properties"]?["params"] ?? .null)
            let answer = self.members(of: schemas["\(id)_data"] ?? .null)
            return """
                <details><summary><code>\(name)</code> — \(action["description"]?.string ?? "")</summary>
                \(self.table("Parameters", parameters))\(self.table("Answer, in data", answer))</details>
                """
        }
        return "<h3>Actions</h3>\(actions)"
    }

    private func table(_ title: String, _ rows: [Row]) -> Markup {
        guard !rows.isEmpty else { return .empty }
        let lines: [Markup] = rows.map { row in
            "<tr><td>\(row.name)</td><td><code>\(self.type(row.schema))</code></td><td>\(Self.inline(row.summary))</td></tr>"
        }
        return """
            <h3>\(title)</h3><div class="scroll" tabindex="0"><table><thead><tr><th>Name</th><th>Type</th><th>Meaning</th></tr></thead>
            <tbody>\(lines)</tbody></table></div>
            """
    }

    private func type(_ schema: JSONValue) -> String {
        switch self.resolved(schema)["type"] {
        case .string(let name)?: name
        case .array(let names)?: names.compactMap(\.string).joined(separator: " or ")
        default: (schema["anyOf"]?.array ?? []).map(self.type).filter { !$0.isEmpty }.joined(separator: " or ")
        }
    }

    /// What stands between backticks is code.
    private static func inline(_ text: String) -> Markup {
        let parts = text.bytewise.split("`", keepsEmpty: true)
        guard parts.count > 1, !parts.count.isMultiple(of: 2) else { return "\(text)" }
        let shown: [Markup] = parts.enumerated().map { $0.isMultiple(of: 2) ? "\($1)" : "<code>\($1)</code>" }
        return "\(shown)"
    }

    private func answers(_ operation: JSONValue) -> Markup {
        let lines: [Markup] = (operation["responses"]?.object ?? [:]).sorted { $0.key < $1.key }.map { status, answer in
            let shown = self.example(answer["content"]?["application/json"])
            return "<tr><td>\(status)</td><td>\(Self.inline(answer["description"]?.string ?? ""))\(shown)</td></tr>"
        }
        return """
            <h3>Answers</h3><div class="scroll" tabindex="0"><table><thead><tr><th>Status</th><th>Meaning</th></tr></thead>
            <tbody>\(lines)</tbody></table></div>
            """
    }
}
