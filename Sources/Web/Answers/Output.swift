package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore

/// An answer by `Codable`. To be replaced by ``ObjectAnswer``.
package protocol Output: Answer, Encodable {
    /// Members that may be null or missing, named as in JSON.
    static var optionalFields: Set<String> { get }
}

extension Output {
    package static var optionalFields: Set<String> { [] }

    package static var shape: Shape<Self> {
        let isObject = Self.self is any ObjectOutput.Type
        return Shape(Schema.of(Self.exampleJSON, optional: Self.optionalFields)) { value, writer in
            if isObject, let value = value as? any ObjectOutput { return writer.write(value.json) }
            writer.raw((try? JSON.encode(value)) ?? [])
        }
    }

    private static var exampleJSON: JSONValue {
        // As it was put together: once written, 7.0 is the integer 7.
        if let example = Self.example as? any ObjectOutput { return example.json }
        return (try? JSON.read(JSON.encode(Self.example))) ?? .null
    }
}

/// An output that is put together member by member, exactly as the contract shows it. To be replaced by ``ObjectAnswer``.
package protocol ObjectOutput: Output {
    var json: JSONValue { get }
}

extension ObjectOutput {
    package func encode(to encoder: any Encoder) throws { try self.json.encode(to: encoder) }
}

extension Response {
    package init(status: HTTPResponse.Status, json value: some Encodable) throws {
        self.init(status: status, jsonBytes: ByteBuffer(bytes: try JSON.encode(value)))
    }

    package init(status: HTTPResponse.Status, jsonBytes: ByteBuffer) {
        self.init(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: jsonBytes)
        )
    }
}
