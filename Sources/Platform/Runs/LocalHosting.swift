import Logging
package import ServiceLifecycle

/// Runs a service for as long as a body takes, and ends it as SIGTERM would: requests under way end first.
///
/// Cancelling a server instead can drop a connection that was just accepted, on which SwiftNIO traps.
package enum LocalHosting {
    package static func run<T: Sendable>(_ service: any Service, while body: () async throws -> T) async throws -> T {
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service)],
                logger: Logger(label: "souk.local") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }
}
