import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import Platform

/// Pictures of the web for model servers on private addresses: they are read here, so that no server is made to read the operator's network.
struct ImageFetch: Sendable {
    static let byteLimit = 10 * 1024 * 1024
    private static let seconds: Int64 = 15
    private static let types: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]

    let outbound: Outbound

    /// The messages with pictures as data. Throws `imageUnreadable`.
    func inlined(_ messages: [ModelMessage]) async throws -> [ModelMessage] {
        var messages = messages
        for (index, message) in messages.enumerated() {
            for (place, part) in message.parts.enumerated() {
                guard case .image(let url, let detail) = part, !url.bytewise.starts(with: "data:") else { continue }
                messages[index].parts[place] = .image(try await self.data(url), detail: detail)
            }
        }
        return messages
    }

    private func data(_ url: String) async throws -> String {
        do {
            let request = OutboundRequest(method: "GET", url: url, headers: [.init("User-Agent", "Souk")])
            let call = try await self.outbound.begin(request, reach: .publicOnly, timeoutSeconds: Self.seconds)
            let response = try await call.response(until: .distantFuture)!
            let type = response.headers.first(name: "content-type")?.bytewise.cut(at: ";").before.lowercased() ?? ""
            guard response.status == 200, Self.types.contains(type) else { throw OutboundError.badURL }
            let body = try await response.body.collect(upTo: Self.byteLimit, timeoutSeconds: Self.seconds)
            return "data:\(type);base64,\(Data(body.readableBytesView).base64EncodedString())"
        } catch is OutboundError { throw GatewayProblems.imageUnreadable }
    }
}
