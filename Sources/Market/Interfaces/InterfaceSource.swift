import Kernel
import NIOCore
import Platform
import Web

/// Where a service's interface comes from: what the provider writes, or an OpenAPI document.
enum InterfaceSource: Sendable {
    case written(ServiceInterface)
    case document(JSONValue)
    case address(String)

    /// Nil where a body says nothing of it. At most one of the three may be there.
    init?(_ read: inout InputReader) {
        let written = read.optionalBody(
            "usage",
            .object.describing(InterfaceReader.schema),
            "How it is called: operations with examples, and notes on errors"
        )
        let document = read.optionalBody(
            "openapi",
            .document,
            "An OpenAPI 3 document, as an object or as text (JSON or YAML)"
        )
        let address = read.optionalBody("openapi_url", .string, "Where such a document is; fetched once", .webAddress)
        let count = [written != nil, document != nil, address != nil].count { $0 }
        if count > 1 { read.require(false, "usage", FieldRule("one_interface")) }
        if let written {
            var reader = InterfaceReader()
            let interface = reader.read(.object(written), at: "usage")
            for error in reader.faults.errors { read.require(false, error.path, error.rule) }
            self = .written(interface)
        } else if let document {
            self = .document(document)
        } else if let address {
            self = .address(address)
        } else {
            return nil
        }
    }

    private static let timeoutSeconds: Int64 = 10

    /// Throws *invalid*, naming the field and what is wrong with it.
    func interface(from outbound: Outbound) async throws -> ServiceInterface {
        switch self {
        case .written(let interface): return interface
        case .document(let document): return try Self.imported("openapi") { try Self.read(document) }
        case .address(let url):
            let text = try await Self.fetch(url, outbound)
            return try Self.imported("openapi_url") { try OpenAPIImport.interface(of: text) }
        }
    }

    private static func read(_ document: JSONValue) throws -> ServiceInterface {
        guard let text = document.string else { return try OpenAPIImport.interface(of: document) }
        return try OpenAPIImport.interface(of: text)
    }

    private static func fetch(_ url: String, _ outbound: Outbound) async throws -> String {
        let request = OutboundRequest(
            method: "GET",
            url: url,
            headers: [.init("Accept", "application/json, application/yaml, */*")],
            body: nil
        )
        let answer: (status: Int, body: ByteBuffer)
        do {
            let got = try await outbound.collect(
                request,
                timeoutSeconds: self.timeoutSeconds,
                limit: OpenAPIImport.byteLimit
            )
            answer = (got.status, ByteBuffer(bytes: got.body))
        } catch let error as CancellationError { throw error } catch {
            throw self.invalid("openapi_url", FieldRule("document_unreachable"))
        }
        guard answer.status == 200 else {
            throw self.invalid("openapi_url", FieldRule("document_status", ["status": "\(answer.status)"]))
        }
        return String(decoding: answer.body.readableBytesView, as: UTF8.self)
    }

    private static func imported(_ path: String, _ read: () throws -> ServiceInterface) throws -> ServiceInterface {
        let interface: ServiceInterface
        do { interface = try read() } catch let failure as OpenAPIImport.Failure {
            throw self.invalid(path, FieldRule(failure.rawValue))
        }
        var reader = InterfaceReader()
        reader.check(interface, path)
        for operation in interface.operations where !InterfaceReader.isPath(operation.path) {
            reader.require(false, path, FieldRule("operation_path"))
        }
        try reader.faults.check()
        return interface
    }

    private static func invalid(_ path: String, _ rule: FieldRule) -> Problem {
        Problem(.invalid, "invalid", fields: [FieldError(path: path, rule: rule, isMalformed: false)])
    }
}

extension FieldType where Value == JSONValue {
    /// An object, or a text that holds one.
    fileprivate static let document = FieldType(
        expected: "document",
        schema: ["type": ["object", "string", "null"]],
        placeholder: [:],
        fromJSON: { $0.object != nil || $0.string != nil ? $0 : nil },
        fromText: { .string($0) }
    )
}

extension Rule where Value == String {
    fileprivate static let webAddress = Rule(
        FieldRule("url", of: "openapi_url"),
        schema: ["format": "uri", "maxLength": 2000]
    ) { text in text.utf8.count <= 2000 && (try? Outbound.host(of: text)) != nil }
}
