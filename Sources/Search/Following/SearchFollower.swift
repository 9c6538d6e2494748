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
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.prune() }
                for search in self.searches {
                    group.addTask {
                        await self.repeat("cannot keep a search up to date") { try await search.catchUp() }
                    }
                    group.addTask { await self.repeat("cannot merge or save a search") { try await search.maintain() } }
                }
            }
        }
        for search in self.searches {
            do { try await search.save() } catch {
                self.logger.error("cannot save a search", metadata: ["error": "\(error)"])
            }
        }
    }

    /// - Parameter round: true when the next round has something to do at once.
    private func `repeat`(_ failure: Logger.Message, _ round: () async throws -> Bool) async {
        while !Task.isCancelled {
            var hasMore = false
            do { hasMore = try await round() } catch is CancellationError {
                // The server stops.
            } catch { self.logger.error(failure, metadata: ["error": "\(error)"]) }
            if !hasMore { try? await Task.sleep(for: Self.pause) }
        }
    }

    private func prune() async {
        while !Task.isCancelled {
            do { try await self.searches.first?.prune() } catch {
                self.logger.error("cannot shorten the log of changes", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.prunePause)
        }
    }
}
