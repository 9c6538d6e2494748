import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Web

/// Serves HTTP/1.1 on each connection of a listener (decision 25). A connection has one task, which takes its requests one after another.
/// It runs on the event loop that reads and writes the connection, so that a request changes threads only where it waits for the database.
struct HTTPChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let watch: ConnectionWatch
        let connection: NIOLoopBound<HTTPConnection>
    }

    let responder: RootResponder
    let limits: ConnectionLimits
    let counts: ConnectionCounts
    let logger: Logger
    private let date = HTTPDate()

    init(_ responder: RootResponder, limits: ConnectionLimits, counts: ConnectionCounts, logger: Logger) {
        self.responder = responder
        self.limits = limits
        self.counts = counts
        self.logger = logger
    }

    func setup(channel: any Channel, logger _: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let watch = ConnectionWatch()
            let guardian = ConnectionGuard(limits: self.limits, counts: self.counts, watch: watch)
            let connection = HTTPConnection(guardian)
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: Self.decoderLimits)
            try channel.pipeline.syncOperations.addHandlers([guardian, ByteToMessageHandler(decoder), connection])
            return Value(
                channel: channel,
                watch: watch,
                connection: NIOLoopBound(connection, eventLoop: channel.eventLoop)
            )
        }
    }

    private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 80 * 1024
        limits.maxHeaderListSize = 80 * 1024
        limits.maxHeaderFieldCount = 1000
        return limits
    }

    func handle(value: Value, logger _: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await value.watch.serve {
                await withTaskCancellationHandler {
                    await self.serve(value)
                    try? await value.channel.closeFuture.get()
                } onCancel: {
                    value.channel.close(promise: nil)
                }
            }
        }
    }

    private func serve(_ value: Value) async {
        let connection = value.connection.value
        let address = value.channel.remoteAddress?.ipAddress
        while let request = await connection.nextRequest() {
            let context = AppContext(socketAddress: address, watch: value.watch, logger: self.logger)
            let response = await self.responder.respond(to: request, context: context)
            guard await self.answer(response, on: value.connection) else { break }
        }
        connection.close()
    }

    /// False when the connection ends with this answer.
    private func answer(_ response: Response, on bound: NIOLoopBound<HTTPConnection>) async -> Bool {
        let connection = bound.value
        connection.answer?.begin(response, date: self.date.text, isLast: connection.endsWithAnswer)
        connection.beganAnswer()
        do { try await response.body.write(HTTPAnswerWriter(connection: bound)) } catch {
            // Half of an answer must not look like a whole one.
            connection.context?.close(promise: nil)
            return false
        }
        guard let answer = connection.answer, answer.hasEnded else {
            connection.context?.close(promise: nil)
            return false
        }
        return connection.endedAnswer(closes: answer.closes)
    }
}
