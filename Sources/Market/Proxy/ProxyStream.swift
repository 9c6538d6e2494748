import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import NIOHTTP1
import Platform

/// Answers that are passed on while they come.
extension ProxyService {
    /// Passes chunks on as they come. A provider that breaks off gives the charge back; a buyer that leaves ends the upstream call.
    func stream(_ response: OutboundResponse, _ call: ProxyCall, _ head: HTTPResponse, isCharged: Bool)
        -> ResponseBody
    {
        let length = response.headers.first(name: "content-length").flatMap { Int($0) }
        let open = isCharged ? OpenStream(self.streams, call.usage, call.trace) : nil
        return ResponseBody(contentLength: length) { writer in
            var kept = call.idempotency.map { _ in ByteBuffer() }
            do {
                for try await chunk in Upstream(body: response.body) {
                    try await writer.write(chunk)
                    kept?.writeImmutableBuffer(chunk)
                    if let length = kept?.readableBytes, length > Self.wholeAnswerLimit { kept = nil }
                }
                try await writer.finish(nil)
            } catch let broken as Upstream.Broken {
                self.breaker.failed(call.listing.id, now: self.clock.now())
                await open?.end(isBroken: true)
                throw broken
            } catch {
                await open?.end(isBroken: false)
                throw error
            }
            await open?.end(isBroken: false, kept: kept.map { Self.kept(head, $0) })
        }
    }
}

/// The provider's chunks; what the provider does wrong is told apart from a buyer who leaves.
private struct Upstream: AsyncSequence {
    struct Broken: Error {}
    let body: OutboundBody

    struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: OutboundBody.AsyncIterator
        mutating func next() async throws -> ByteBuffer? {
            do { return try await self.iterator.next() } catch let error as CancellationError {
                throw error
            } catch { throw Broken() }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: self.body.makeAsyncIterator()) }
}
