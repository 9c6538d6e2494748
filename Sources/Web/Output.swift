package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore

/// What an operation answers, with an example that the document and its schema are made from.
package protocol Output: Encodable, Sendable {
    static var example: Self { get }
    /// Members that may be null or missing, named as in JSON.
    static var optionalFields: Set<String> { get }
}

extension Output {
    package static var optionalFields: Set<String> { [] }

    var jsonValue: JSONValue {
        get throws {
            // As it was put together: once written, 7.0 is the integer 7.
            try (self as? any ObjectOutput)?.json ?? JSON.read(try JSON.encode(self))
        }
    }
}

/// An output that is put together member by member, exactly as the contract shows it.
package protocol ObjectOutput: Output {
    var json: JSONValue { get }
}

extension ObjectOutput {
    package func encode(to encoder: any Encoder) throws { try self.json.encode(to: encoder) }
}

/// The JSON of an output.
package struct Encoded<Out: Output>: Sendable {
    package let bytes: ByteBuffer

    package init(_ output: Out) throws {
        let bytes = try (output as? any ObjectOutput).map { try JSON.encode($0.json) }
        self.bytes = ByteBuffer(bytes: try bytes ?? JSON.encode(output))
    }

    package init(bytes: ByteBuffer) { self.bytes = bytes }

    /// An object with a list of outputs that are encoded already, and other members.
    package init(list name: String, _ items: [ByteBuffer], with members: [String: JSONValue]) throws {
        var bytes = ByteBuffer()
        for key in (members.keys + [name]).sorted() {
            bytes.writeString(bytes.readableBytes == 0 ? "{\"\(key)\":" : ",\"\(key)\":")
            if let value = members[key] {
                bytes.writeBytes(try JSON.encode(value))
                continue
            }
            bytes.writeString("[")
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.writeString(",") }
                bytes.writeImmutableBuffer(item)
            }
            bytes.writeString("]")
        }
        bytes.writeString("}")
        self.bytes = bytes
    }
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
