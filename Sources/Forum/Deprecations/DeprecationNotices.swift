import Kernel
import Platform
import Storage

/// What answers of something that will end say of it: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).
final class DeprecationNotices: Sendable {
    static let topic = "forum_deprecation"
    /// There is one list.
    private static let only = 0

    private let notices: ReadCache<Int, [Deprecation]>

    init(database: any Database) { self.notices = ReadCache(Self.topic, of: database, limit: 1) }

    /// - Parameter path: as the contract has it.
    func headers(of path: String) async throws -> [Problem.Header] {
        let list = try await self.notices.find(Self.only) { try $0.deprecations.list() } ?? []
        guard let notice = list.first(where: { $0.feature.bytewise.equals(path) }) else { return [] }
        let link = notice.documentation.map { [Problem.Header("Link", "<\($0)>; rel=\"deprecation\"")] } ?? []
        return [
            .init("Deprecation", "@\(notice.announcedAt.seconds)"), .init("Sunset", notice.sunsetAt.httpDate),
        ] + link
    }
}
