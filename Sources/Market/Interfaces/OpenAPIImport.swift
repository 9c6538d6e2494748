import Foundation
import Kernel
import Web
import Yams

/// Makes a service's operations of an OpenAPI document (3.0 and 3.1, JSON or YAML). References within the document are put in place.
struct OpenAPIImport {
    static let byteLimit = 1 << 20
    /// Values of a document, with what its YAML repeats.
    private static let valueLimit = 100_000
    /// Values of one schema with its references; what is beyond takes anything.
    private static let schemaLimit = 500
    private static let depthLimit = 12

    enum Failure: String, Error {
        /// Neither JSON nor YAML.
        case openapi_unreadable
        /// No OpenAPI 3 document.
        case openapi_version
        /// It has no operation.
        case openapi_empty
        case openapi_too_large
    }

    private let document: JSONValue

    /// Throws ``Failure``.
    static func interface(of document: JSONValue) throws -> ServiceInterface {
        guard document["openapi"]?.string?.bytewise.starts(with: "3.") ?? false else { throw Failure.openapi_version }
        let operations = OpenAPIImport(document: document).operations
        guard !operations.isEmpty else { throw Failure.openapi_empty }
        return ServiceInterface(operations: operations)
    }

    /// Throws ``Failure``.
    static func interface(of text: String) throws -> ServiceInterface {
        guard text.utf8.count <= self.byteLimit else { throw Failure.openapi_too_large }
        if let value: JSONValue = try? JSON.read(Array(text.utf8)) { return try self.interface(of: value) }
        guard let node = try? Yams.compose(yaml: text) else { throw Failure.openapi_unreadable }
        var left = self.valueLimit
        return try self.interface(of: try self.json(of: node, &left))
    }

    private static func json(of node: Node, _ left: inout Int) throws -> JSONValue {
        left -= 1
        guard left > 0 else { throw Failure.openapi_too_large }
        switch node {
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            for (key, value) in mapping { members[key.string ?? ""] = try self.json(of: value, &left) }
            return .object(members)
        case .sequence(let sequence): return .array(try sequence.map { try self.json(of: $0, &left) })
        case .scalar(let scalar):
            if scalar.style != .plain { return .string(scalar.string) }
            if let whole = node.int { return .integer(Int64(whole)) }
            if let flag = node.bool { return .bool(flag) }
            if let number = node.float { return .number(number) }
            return node.null != nil ? .null : .string(scalar.string)
        case .alias: return .null
        }
    }

    // MARK: Operations

    private var operations: [ServiceOperation] {
        let paths = self.document["paths"]?.object ?? [:]
        return paths.sorted { $0.key < $1.key }.flatMap { path, item in
            ServiceOperation.methods.compactMap { method in
                item[method.lowercased()].map { self.operation(method, path, $0, in: item) }
            }
        }
    }

    private func operation(_ method: String, _ path: String, _ value: JSONValue, in item: JSONValue)
        -> ServiceOperation
    {
        let name = value["operationId"]?.string ?? "\(method) \(path)"
        var operation = ServiceOperation(name: String(name.prefix(100)))
        (operation.method, operation.path) = (method, path)
        let summary = value["summary"]?.string ?? value["description"]?.string ?? ""
        operation.summary = String(summary.prefix(500))
        let given = (item["parameters"]?.array ?? []) + (value["parameters"]?.array ?? [])
        for parameter in given.map(self.resolved) {
            guard let known = self.parameter(parameter) else { continue }
            operation.parameters.removeAll { $0.name == known.name && $0.place == known.place }
            operation.parameters.append(known)
        }
        if let body = value["requestBody"].map(self.resolved), let (type, media) = Self.media(body["content"]) {
            operation.contentType = type
            operation.requestSchema = media["schema"].map { self.schema($0) }
            operation.requestExample = self.example(media, operation.requestSchema)
        }
        if let answer = self.success(value["responses"]), let (_, media) = Self.media(answer["content"]) {
            operation.responseSchema = media["schema"].map { self.schema($0) }
            operation.responseExample = self.example(media, operation.responseSchema)
        }
        return operation
    }

    private func parameter(_ value: JSONValue) -> ServiceParameter? {
        guard let name = value["name"]?.string,
            let place = value["in"]?.string.flatMap({ ServiceParameter.Place(rawValue: $0) }),
            place != .header || InterfaceReader.isHeader(name)
        else { return nil }
        var parameter = ServiceParameter(name: name, place: place)
        parameter.isRequired = value["required"] == true || place == .path
        parameter.summary = String((value["description"]?.string ?? "").prefix(500))
        parameter.schema = value["schema"].map { self.schema($0) }
        let isShown = parameter.isRequired || value["example"] != nil || value["examples"] != nil
        parameter.example = isShown ? self.example(value, parameter.schema) : nil
        return parameter
    }

    /// The answer that says how it goes well.
    private func success(_ responses: JSONValue?) -> JSONValue? {
        let all = responses?.object ?? [:]
        let code = all.keys.sorted().first { $0.bytewise.starts(with: "2") } ?? "default"
        return all[code].map(self.resolved)
    }

    /// JSON where there is any, else the first.
    private static func media(_ content: JSONValue?) -> (type: String, media: JSONValue)? {
        let all = (content?.object ?? [:]).sorted { $0.key < $1.key }
        let known = all.first { $0.key.lowercased().bytewise.contains("json") } ?? all.first
        return known.map { (String($0.key.prefix(100)), $0.value) }
    }

    private func example(_ media: JSONValue, _ schema: JSONValue?) -> JSONValue? {
        if let example = media["example"] { return example }
        let named = (media["examples"]?.object ?? [:]).sorted { $0.key < $1.key }.first
        if let value = named.flatMap({ self.resolved($0.value)["value"] }) { return value }
        return schema.map { Schema.sample(of: $0) }
    }

    // MARK: Schemas

    private func resolved(_ value: JSONValue) -> JSONValue {
        var (value, steps) = (value, 0)
        while let target = value["$ref"]?.string, steps < Self.depthLimit {
            value = self.find(target) ?? [:]
            steps += 1
        }
        return value
    }

    /// `#/components/schemas/Pet`; nil for what stands elsewhere.
    private func find(_ reference: String) -> JSONValue? {
        guard let path = reference.bytewise.dropping(prefix: "#/") else { return nil }
        return path.bytewise.split("/").reduce(self.document as JSONValue?) { value, part in
            let name = String(part).bytewise.replacing("~1", with: "/").bytewise.replacing("~0", with: "~")
            return value?[name]
        }
    }

    private func schema(_ value: JSONValue) -> JSONValue {
        var left = Self.schemaLimit
        return self.schema(value, 0, &left)
    }

    private func schema(_ value: JSONValue, _ depth: Int, _ left: inout Int) -> JSONValue {
        left -= 1
        guard depth <= Self.depthLimit, left > 0 else { return [:] }
        switch self.resolved(value) {
        case .object(let members):
            var inner: [String: JSONValue] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                inner[name] = self.schema(member, depth + 1, &left)
            }
            return .object(inner)
        case .array(let values): return .array(values.map { self.schema($0, depth + 1, &left) })
        case let other: return other
        }
    }
}
