import Kernel
import NIOCore
import NIOPosix
import Platform

/// A server that answers what no server should: a provider, a receiver of webhooks or a payment company that has gone mad or bad.
package struct HostileHost: Sendable {
    /// What it does on a connection once it has been sent something.
    package enum Step: Sendable {
        case send(String)
        /// Forever, as fast as it is taken.
        case flood(String)
        /// Forever, a piece every so many milliseconds.
        case trickle(String, everyMilliseconds: Int64)
        case wait(milliseconds: Int64)
        case closeOutput
        /// The end of an answer: what the client still sends is read, since a socket closed over unread bytes resets the
        /// connection, and what was sent is lost with it.
        case finish
        case close
    }

    package struct Behaviour: Sendable, CustomStringConvertible {
        package let name: String
        package let steps: [Step]
        /// Whether it is an answer all the same, however odd.
        package let isAnswer: Bool

        init(_ name: String, isAnswer: Bool = false, _ steps: Step...) {
            self.name = name
            self.steps = steps
            self.isAnswer = isAnswer
        }

        package var description: String { self.name }

        /// A body in chunks, as fast as it is taken.
        package static let endlessBody = Behaviour(
            "a body without end",
            isAnswer: true,
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .flood("400\r\n\(String(repeating: "x", count: 1024))\r\n")
        )

        /// Begins an answer, and then says nothing more.
        package static func streamOf(_ text: String) -> Behaviour {
            Behaviour(
                "a stream that stalls",
                isAnswer: true,
                .send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
                ),
                .wait(milliseconds: 60_000)
            )
        }

        /// Begins an answer in chunks, and closes the connection after so many bytes of its body.
        package static func breakingOff(after count: Int) -> Behaviour {
            Behaviour(
                "an answer that breaks off",
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(count, radix: 16))\r\n"),
                .send(String(repeating: "x", count: count)),
                .finish
            )
        }

        /// Answers as a good server does, and closes the connection a moment later without having said so.
        package static let shortLived = Behaviour(
            "a connection that is closed after its answer",
            isAnswer: true,
            .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            .wait(milliseconds: 10),
            .close
        )

        /// Takes half a second for a good answer.
        package static let late = Behaviour(
            "a late answer",
            isAnswer: true,
            .wait(milliseconds: 500),
            .send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"),
            .finish
        )

        /// Takes the request and never answers.
        package static let silence = Behaviour("silence", .wait(milliseconds: 60_000))

        /// Begins a good answer and says nothing more.
        package static let stalled = Behaviour(
            "a body that stops",
            .send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"),
            .wait(milliseconds: 60_000)
        )
    }

    /// Every behaviour that ends by itself, or is ended by a limit of a second or two.
    package static let behaviours: [Behaviour] = statuses + framings + interims + closings + headers

    private static let statuses =
        ["000", "001", "042", "099", "100", "101", "103", "199", "600", "700", "999"].map { code in
            Behaviour(
                "status \(code)",
                .send("HTTP/1.1 \(code) X\r\nContent-Length: 0\r\n\r\n"),
                .wait(milliseconds: 200),
                .close
            )
        } + [
            Behaviour("no status", .send("HTTP/1.1 \r\n\r\n"), .close),
            Behaviour("a status of letters", .send("HTTP/1.1 OK OK\r\n\r\n"), .close),
            Behaviour("a negative status", .send("HTTP/1.1 -200 OK\r\n\r\n"), .close),
            Behaviour("a long status", .send("HTTP/1.1 20000000000000000000 OK\r\n\r\n"), .close),
            Behaviour("another protocol", .send("SSH-2.0-OpenSSH_9.2\r\n"), .close),
            Behaviour("HTTP/2 from nowhere", .send("\u{0}\u{0}\u{0}\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}"), .close),
            Behaviour("HTTP/9.9", .send("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"), .close),
        ]

    private static let framings = [
        Behaviour("two lengths", .send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), .close),
        Behaviour("a negative length", .send("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), .close),
        Behaviour(
            "a length beyond 64 bits",
            .send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            .close
        ),
        Behaviour("less than the length", .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .close),
        Behaviour(
            "more than the length",
            isAnswer: true,
            .send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"),
            .wait(milliseconds: 50),
            .finish
        ),
        Behaviour(
            "a length and chunks",
            .send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            .close
        ),
        Behaviour(
            "a chunk of no length",
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
            .close
        ),
        Behaviour(
            "a huge chunk",
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc\r\n"),
            .close
        ),
        Behaviour(
            "chunks without an end",
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
            .close
        ),
        Behaviour(
            "said to be gzip",
            isAnswer: true,
            .send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
            .finish
        ),
        Behaviour(
            "an unknown coding",
            isAnswer: true,
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: cow\r\n\r\nabc"),
            .finish
        ),
        Behaviour(
            "204 with a body",
            isAnswer: true,
            .send("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc"),
            .finish
        ),
        Behaviour(
            "two answers",
            isAnswer: true,
            .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"),
            .wait(milliseconds: 50),
            .finish
        ),
    ]

    private static let interims = [
        Behaviour(
            "an interim answer first",
            isAnswer: true,
            .send(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            ),
            .finish
        ),
        Behaviour("interim answers without end", .flood("HTTP/1.1 103 Early Hints\r\n\r\n")),
        Behaviour(
            "an upgrade",
            .send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nraw bytes"),
            .wait(milliseconds: 50),
            .close
        ),
    ]

    private static let closings = [
        Behaviour("closes at once", .close),
        Behaviour("closes its output at once", .closeOutput, .wait(milliseconds: 100), .close),
        Behaviour("half a status line", .send("HTTP/1.1 20"), .close),
        Behaviour("half a head", .send("HTTP/1.1 200 OK\r\nContent-Le"), .close),
        Behaviour("says nothing", .wait(milliseconds: 3000), .close),
        Behaviour("a head that never ends", .send("HTTP/1.1 200 OK\r\n"), .trickle("X: y\r\n", everyMilliseconds: 200)),
        Behaviour(
            "a body that comes slowly",
            .send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
            .trickle("a", everyMilliseconds: 200)
        ),
    ]

    private static let headers = [
        Behaviour(
            "a head of a megabyte",
            .send("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 1 << 20))\r\nContent-Length: 0\r\n\r\n"),
            .close
        ),
        Behaviour(
            "ten thousand fields",
            .send("HTTP/1.1 200 OK\r\n\(String(repeating: "X: y\r\n", count: 10_000))Content-Length: 0\r\n\r\n"),
            .close
        ),
        Behaviour("a field without a name", .send("HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n"), .close),
        Behaviour(
            "a field with a zero byte",
            .send("HTTP/1.1 200 OK\r\nX: a\u{0}b\r\nContent-Length: 0\r\n\r\n"),
            .close
        ),
        Behaviour(
            "a field with a bare return",
            .send("HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: x=1\r\nContent-Length: 0\r\n\r\n"),
            .close
        ),
        Behaviour(
            "a redirect to the cloud's metadata",
            isAnswer: true,
            .send("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"),
            .finish
        ),
    ]

    // MARK: Serving

    private final class Handler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        let steps: [Step]
        init(_ steps: [Step]) { self.steps = steps }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // Once: what comes later is more of the same request.
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            Self.perform(self.steps[...], context.channel)
        }

        static func perform(_ steps: ArraySlice<Step>, _ channel: any Channel) {
            guard let step = steps.first, channel.isActive else { return }
            let goOn = { @Sendable in Self.perform(steps.dropFirst(), channel) }
            switch step {
            case .send(let text): channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in goOn() }
            case .flood(let text):
                let piece = ByteBuffer(string: String(repeating: text, count: 100))
                channel.writeAndFlush(piece).whenSuccess { Self.perform(steps, channel) }
            case .trickle(let text, let milliseconds):
                channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess {
                    channel.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { Self.perform(steps, channel) }
                }
            case .wait(let milliseconds): channel.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { goOn() }
            case .closeOutput: channel.close(mode: .output).whenComplete { _ in goOn() }
            case .finish: Self.perform([.closeOutput, .wait(milliseconds: 1000), .close], channel)
            case .close: channel.close(promise: nil)
            }
        }
    }

    /// Asks a server that answers the text, twice; every outcome is good that is one.
    package static func answering(_ text: String) async throws {
        try await self.serving(Behaviour("odd bytes", .send(text), .close)) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            for _ in 0..<2 {
                let request = OutboundRequest(method: "GET", url: "http://127.0.0.1:\(port)/")
                _ = try? await outbound.collect(request, timeoutSeconds: 1, limit: 64 * 1024)
            }
            await outbound.close()
        }
    }

    package static func serving<T: Sendable>(
        _ behaviour: Behaviour,
        _ body: @escaping @Sendable (_ port: Int) async throws -> T
    ) async throws -> T {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(behaviour.steps))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(server.localAddress?.port ?? 0)
            try await server.close()
            return result
        } catch {
            try? await server.close()
            throw error
        }
    }
}
