import Affiliate
import Foundation
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import Market
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Storage
import UnixSignals
import Web

/// A running Souk: its listeners and its workers, started and ended together.
package struct Server: Service {
    /// A connection that says nothing for this long is closed.
    private static let idleSeconds: Int64 = 60

    package let house: House
    private let ready: @Sendable (String) -> Void

    /// - Parameter ready: called with the main listener's address once requests are accepted.
    package init(house: House, ready: @escaping @Sendable (String) -> Void = { _ in }) {
        self.house = house
        self.ready = ready
    }

    /// Runs until a signal; then requests under way end, and the database closes.
    package func run() async throws {
        let configuration = self.house.configuration
        let logger = self.house.logger
        var services: [any Service] = self.house.services
        let own: [(any Surface, Configuration.ListenAddress?)] = [
            (self.house.market.surface, configuration.marketListen),
            (self.house.affiliate.surface, configuration.affiliateListen),
        ]
        for (surface, listen) in own {
            guard let listen else { continue }
            services.append(
                Self.application(self.house.router(of: surface), .hostname(listen.host, port: listen.port), logger) {
                    logger.info("\(surface.name) listener ready", metadata: ["address": "\($0)"])
                }
            )
        }
        services.append(
            Self.application(
                self.house.mainRouter(),
                .hostname(configuration.host, port: configuration.port),
                logger
            ) { address in
                logger.info("souk ready", metadata: ["address": "\(address)"])
                self.ready(address)
            }
        )
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "souk.services") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        do { try await group.run() } catch let error as IOError where error.errnoCode == EADDRINUSE {
            await self.close()
            throw ConfigurationError("port \(configuration.port) is taken; choose another with --port")
        }
        await self.close()
    }

    private func close() async {
        await self.house.outbound.close()
        await self.house.database.close()
    }

    private static func application(
        _ router: Router<AppContext>,
        _ address: BindAddress,
        _ logger: Logger,
        ready: @escaping @Sendable (String) -> Void
    ) -> some ApplicationProtocol {
        // Hummingbird's own log of each connection belongs to its developers.
        let quiet = Logger(label: "souk.http") { JSONLogHandler(label: $0, level: max(logger.logLevel, .error)) }
        return Application(
            router: router,
            server: HTTPServerBuilder { responder in
                EventLoopChannel(
                    HTTP1Channel(
                        responder: responder,
                        configuration: .init(
                            additionalChannelHandlers: [ExpectContinue()],
                            // Of a client that has not sent its request, or sends none; a call under way may take longer.
                            idleTimeout: .seconds(Self.idleSeconds)
                        )
                    )
                )
            },
            configuration: .init(address: address, serverName: "Souk", backlog: 1024),
            onServerRunning: { channel in
                let host = channel.localAddress?.ipAddress ?? "127.0.0.1"
                ready("http://\(host.contains(":") ? "[\(host)]" : host):\(channel.localAddress?.port ?? 0)")
            },
            logger: quiet
        )
    }
}
