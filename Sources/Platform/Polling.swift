package import Logging
import ServiceLifecycle

/// Does something again and again until the server stops. What goes wrong is logged, and is tried again the next time.
package func poll(
    everySeconds seconds: Int64,
    else failure: Logger.Message,
    _ logger: Logger,
    _ body: @escaping @Sendable () async throws -> Void
) async {
    await cancelWhenGracefulShutdown {
        while !Task.isCancelled {
            do { try await body() } catch is CancellationError {
                // The server stops.
            } catch { logger.error(failure, metadata: ["error": "\(error)"]) }
            try? await Task.sleep(for: .seconds(seconds))
        }
    }
}
