import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import NIOHTTP1
import Platform
import Web

/// Answers that are passed on while they come.
extension ProxyService {
    /// An answer that goes on for longer is cut off. It stays charged: so long an answer was given.
    static let streamSeconds: Int64 = 3600

    /// A buyer who has let a stream wait for so long in all may be why its provider has given it up.
    static let heldUpMilliseconds: Int64 = 5000

    /// Passes chunks on as they come. A provider that breaks off, or says nothing for ``Outbound/silenceSeconds``, gives the charge
    /// back, unless its buyer took the answer too slowly: else whoever stops reading near the end would pay nothing. When the buyer
    /// leaves, the upstream call ends at once.
    func stream(_ response: OutboundResponse, _ call: ProxyCall, _ head: HTTPResponse, isCharged: Bool)
        -> ResponseBody
    {
        let length = response.headers.first(name: "content-length").flatMap { Int($0) }
        let open = isCharged ? OpenStream(self.streams, call.usage, call.trace) : nil
        return ResponseBody(contentLength: length) { writer in
            var kept = call.once.isAsked ? ByteBuffer() : nil
            var heldUp: Int64 = 0
            do {
                let watch = call.watch ?? ConnectionWatch()
                try await watch.endingWhenLeft {
                    for try await chunk in Upstream(body: response.body, clock: self.clock) {
                        let beganAt = self.clock.now()
                        try await writer.write(chunk)
                        heldUp += max(0, self.clock.now().milliseconds(since: beganAt))
                        kept?.writeImmutableBuffer(chunk)
                        if let length = kept?.readableBytes, length > Self.wholeAnswerLimit { kept = nil }
                    }
                }
                try await writer.finish(nil)
            } catch let broken as Upstream.Broken {
                let isProviders = heldUp < Self.heldUpMilliseconds
                if isProviders, !broken.isSilence { self.breaker.failed(call.listing.id, now: self.clock.now()) }
                await open?.end(isBroken: isProviders)
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
    /// The provider has failed, or has said nothing for too long.
    struct Broken: Error {
        /// A stream without events is no failure of its service.
        let isSilence: Bool
    }
    /// The answer has gone on for as long as one may.
    struct TooLong: Error {}

    let body: OutboundBody
    let clock: WallClock

    struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: OutboundBody.AsyncIterator
        let clock: WallClock
        let end: Timestamp

        mutating func next() async throws -> ByteBuffer? {
            guard self.clock.now() < self.end else { throw TooLong() }
            do { return try await self.iterator.next() } catch let error as CancellationError {
                throw error
            } catch { throw Broken(isSilence: error as? OutboundError == .timeout) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            iterator: self.body.makeAsyncIterator(),
            clock: self.clock,
            end: self.clock.now().adding(seconds: ProxyService.streamSeconds)
        )
    }
}
