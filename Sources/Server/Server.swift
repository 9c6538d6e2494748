import Foundation
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Storage
import UnixSignals
import Web

/// A running Souk: its listeners and its workers, started and ended together.
package struct Server: Service {
    /// Answers under way at the end have so long; streams are cut off then.
    private static let drainSeconds: Int64 = 30

    package let house: House
    private let limits: ConnectionLimits
    private let ready: @Sendable (String) -> Void

    /// - Parameter ready: called with the main listener's address once requests are accepted.
    package init(
        house: House,
        limits: ConnectionLimits = ConnectionLimits(),
        ready: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.house = house
        self.limits = limits
        self.ready = ready
    }

    /// Runs until a signal; then requests under way end, and the database closes.
    package func run() async throws {
        do { try await self.house.run.begin() } catch {
            // A full disk does not keep the server from telling so.
            self.house.logger.error("cannot write the start of the server down", metadata: ["error": "\(error)"])
        }
        self.logAudit()
        try await self.house.prepare()
        try await self.house.openSearches()
        let configuration = self.house.configuration
        let logger = self.house.logger
        var services: [any Service] = self.house.services
        for surface in self.house.surfaces {
            guard let listen = configuration.listen[surface.name] else { continue }
            services.append(
                self.application(self.house.responder(of: surface), .hostname(listen.host, port: listen.port), logger) {
                    logger.info("\(surface.name) listener ready", metadata: ["address": "\($0)"])
                }
            )
        }
        if case .listener(let listen) = configuration.metrics {
            services.append(
                self.application(self.house.metricsResponder(), .hostname(listen.host, port: listen.port), logger) {
                    logger.info("metrics listener ready", metadata: ["address": "\($0)"])
                }
            )
        }
        services.append(
            self.application(
                self.house.mainResponder(),
                .hostname(configuration.host, port: configuration.port),
                logger
            ) { address in
                logger.info("souk ready", metadata: ["address": "\(address)"])
                self.ready(address)
            }
        )
        // The last one is the first that is told.
        services.append(Draining(house: self.house))
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "souk.services") { _ in SwiftLogNoOpLogHandler() }
        )
        group.maximumGracefulShutdownDuration = .seconds(Self.drainSeconds)
        do { try await ServiceGroup(configuration: group).run() } catch {
            await self.close()
            // What was under way at the end of the time for stopping was broken off, which is no failure of the server.
            if error is CancellationError {
                self.house.logger.warning(
                    "souk stopped; requests were broken off",
                    metadata: ["after_seconds": "\(Self.drainSeconds)"]
                )
                return
            }
            if let error = error as? IOError, error.errnoCode == EADDRINUSE {
                throw ConfigurationError("port \(configuration.port) is taken; choose another with --port")
            }
            throw error
        }
        await self.close()
        self.house.logger.info("souk stopped")
    }

    /// What changes rights, money or settings is said in the log, too, with the ids to look it up by.
    private func logAudit() {
        let logger = self.house.logger
        self.house.database.invalidations.listen(AuditStore.topic) { recorded in
            for case let entry as AuditStore.Recorded in recorded {
                logger.info(
                    "recorded in the audit log",
                    metadata: [
                        "action": "\(entry.action)", "actor": "\(entry.actor)", "subject": "\(entry.subject)",
                        "request_id": "\(entry.requestID)",
                    ]
                )
            }
        }
    }

    private func close() async {
        await self.house.run.end()
        await self.house.outbound.close()
        await self.house.database.close()
        self.house.web.accessLog?.flush()
    }

    private func application(
        _ responder: RootResponder,
        _ address: BindAddress,
        _ logger: Logger,
        ready: @escaping @Sendable (String) -> Void
    ) -> some ApplicationProtocol {
        // Hummingbird's own log of each connection belongs to its developers.
        let quiet = Logger(label: "souk.http") { JSONLogHandler(label: $0, level: max(logger.logLevel, .error)) }
        let channel = HTTPChannel(responder, limits: self.limits, counts: self.house.connections, logger: quiet)
        return Application(
            responder: responder,
            server: HTTPServerBuilder { _ in channel },
            configuration: .init(address: address, backlog: 1024),
            onServerRunning: { channel in
                let host = channel.localAddress?.ipAddress ?? "127.0.0.1"
                ready("http://\(host.bytewise.contains(":") ? "[\(host)]" : host):\(channel.localAddress?.port ?? 0)")
            },
            logger: quiet
        )
    }
}

/// Tells the surfaces that the server ends, before its listeners close.
private struct Draining: Service {
    let house: House

    func run() async throws {
        try? await gracefulShutdown()
        self.house.logger.info("souk is stopping")
        for slice in self.house.slices { await slice.drain() }
    }
}
