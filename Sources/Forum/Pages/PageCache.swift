import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Synchronization

/// Pages of threads as strangers see them, until something of the thread changes.
final class PageCache: Sendable {
    private static let threads = 500
    /// Of one thread.
    private static let pages = 12

    /// Where one page stands, or would.
    struct Place: Sendable {
        let shelf: Shelf
        let name: String
        /// A page that was asked for with more in its address is read from the shelf and not put there, since its links repeat its address.
        let isExact: Bool

        var page: Response? { self.shelf.find(self.name) }

        func keep(_ page: Response) { if self.isExact { self.shelf.keep(page, as: self.name) } }
    }

    /// Pages of one thread. A change of the thread takes the whole shelf away, with what was read before it.
    final class Shelf: Sendable {
        private let pages = Mutex<[String: Response]>([:])

        func find(_ name: String) -> Response? { self.pages.withLock { $0[name] } }

        func keep(_ page: Response, as name: String) {
            self.pages.withLock { pages in
                if pages.count >= PageCache.pages { pages = [:] }
                pages[name] = page
            }
        }
    }

    private let shelves: ReadCache<String, Shelf>

    init(database: any Database) {
        self.shelves = ReadCache(ThreadTopic.name, of: database, limit: Self.threads) { thread, shelves in
            // What concerns all threads names none.
            if let thread, !thread.isEmpty { shelves[thread] = nil } else { shelves = [:] }
        }
    }

    func shelf(of thread: ID<ForumThread>) async throws -> Shelf? {
        try await self.shelves.find(thread.text) { _ in Shelf() }
    }
}
