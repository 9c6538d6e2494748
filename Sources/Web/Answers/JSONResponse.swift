package import HTTPTypes
package import Hummingbird
import Kernel
package import NIOCore

extension Response {
    /// For an answer that is seldom given: what an endpoint declares is written faster.
    package init(status: HTTPResponse.Status, answer: some Wire) {
        self.init(status: status, jsonBytes: ByteBuffer(bytes: type(of: answer).shape.bytes(of: answer)))
    }

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
