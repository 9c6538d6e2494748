package import Logging
import ServiceLifecycle

/// Keeps searches up to date with what others write, merges their segments, and writes them to the disk.
package struct SearchFollower: Service {
    /// What another node writes is found after this at the latest.
    private static let pause = Duration.milliseconds(500)

    private static let prunePause = Duration.seconds(600)

    private let searches: [Search]
    private let logger: Logger

    package init(_ searches: [Search], _ logger: Logger) {
        self.searches = searches
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var prunedAt: ContinuousClock.Instant?
            while !Task.isCancelled {
                if prunedAt.map({ $0.duration(to: .now) > Self.prunePause }) ?? true {
                    prunedAt = .now
                    do { try await self.searches.first?.prune() } catch {
                        self.logger.error("cannot shorten the log of changes", metadata: ["error": "\(error)"])
                    }
                }
                var hasMore = false
                for search in self.searches {
                    do { if try await search.work() { hasMore = true } } catch is CancellationError {
                        // The server stops.
                    } catch { self.logger.error("cannot keep a search up to date", metadata: ["error": "\(error)"]) }
                }
                if !hasMore { try? await Task.sleep(for: Self.pause) }
            }
        }
        for search in self.searches {
            do { try await search.save() } catch {
                self.logger.error("cannot save a search", metadata: ["error": "\(error)"])
            }
        }
    }
}
