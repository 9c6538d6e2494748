import Foundation
import Kernel
import NIOCore
import Platform

/// Fetches feeds from addresses into files: https, every address of the host checked, no redirect.
struct FeedFetch: Sendable {
    static let timeoutSeconds: Int64 = 600

    enum Failure: Error, Equatable {
        /// Another status than 200: its number.
        case status(Int)
        case unreachable
        case tooLarge

        var code: String {
            switch self {
            case .status(let status): "status_\(status)"
            case .unreachable: "unreachable"
            case .tooLarge: "tooLarge"
            }
        }
    }

    let outbound: Outbound

    /// Without credentials in it; http only to a host that the operator has named.
    func isAllowed(_ url: String) -> Bool {
        guard (try? Outbound.host(of: url)) != nil else { return false }
        let (scheme, rest) = url.bytewise.cut(at: "://")
        let authority = (rest ?? "").bytewise.split(anyOf: "/?#", maxSplits: 1, keepsEmpty: true)[0]
        guard !authority.bytewise.contains("@") else { return false }
        return scheme.lowercased() == "https" || self.outbound.isAllowed(url)
    }

    /// Writes the answer into the file. Throws a ``Failure``.
    func fetch(_ url: String, into path: String) async throws {
        let request = OutboundRequest(method: "GET", url: url, headers: [.init("Accept", "*/*")])
        guard let response = try? await self.outbound.send(request, timeoutSeconds: Self.timeoutSeconds) else {
            throw Failure.unreachable
        }
        guard response.status == 200 else { throw Failure.status(response.status) }
        FeedFile.remove(path)
        guard let file = try? FeedFile.open(path) else { throw Failure.unreachable }
        defer { try? file.close() }
        var count = 0
        do {
            for try await chunk in response.body {
                count += chunk.readableBytes
                guard count <= FileBytes.Limits().bytes else { throw Failure.tooLarge }
                try file.write(contentsOf: Array(chunk.readableBytesView))
            }
            try FeedFile.finish(file, path)
        } catch let failure as Failure { throw failure } catch { throw Failure.unreachable }
    }
}
