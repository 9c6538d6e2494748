import Foundation
import Kernel
import NIOCore
import Platform

/// Fetches feeds from addresses into files: https, every address of the host checked, no redirect.
struct FeedFetch: Sendable {
    static let timeoutSeconds: Int64 = 600
    private static let entityTagLimit = 500

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

    /// What an address has answered.
    enum Answer: Sendable {
        /// It is in the file, and called so by its server.
        case written(entityTag: String?)
        /// It is what it was when it was called so.
        case unchanged
    }

    /// Writes the answer into the file. Throws a ``Failure``.
    ///
    /// - Parameter known: what the server called the version that was imported last.
    func fetch(_ url: String, into path: String, unless known: String?) async throws -> Answer {
        var headers = [Problem.Header("Accept", "*/*")]
        if let known { headers.append(.init("If-None-Match", known)) }
        let request = OutboundRequest(method: "GET", url: url, headers: headers)
        guard let response = try? await self.outbound.send(request, timeoutSeconds: Self.timeoutSeconds) else {
            throw Failure.unreachable
        }
        if response.status == 304, known != nil { return .unchanged }
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
        let tag = response.headers.first { $0.name.lowercased() == "etag" }?.value
        return .written(entityTag: tag.flatMap { (1...Self.entityTagLimit).contains($0.utf8.count) ? $0 : nil })
    }
}
