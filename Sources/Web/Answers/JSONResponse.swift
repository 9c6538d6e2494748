package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore

extension Response {
    /// For an answer that is seldom given: what an endpoint declares is written faster.
    package init(status: HTTPResponse.Status, answer: some Wire) {
        self.init(status: status, jsonBytes: ByteBuffer(bytes: type(of: answer).shape.bytes(of: answer)))
    }

    package init(status: HTTPResponse.Status, json value: JSONValue) {
        self.init(status: status, jsonBytes: ByteBuffer(string: JSON.text(of: value)))
    }

    package init(status: HTTPResponse.Status, jsonBytes: ByteBuffer) {
        self.init(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: jsonBytes)
        )
    }
}
