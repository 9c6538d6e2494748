import Foundation
import Kernel
import Storage
import Synchronization

/// What is looked at now: events of the last seven days, each half as much after two days.
final class Trending: Sendable {
    static let days: Int64 = 7
    static let halfLifeHours = 48.0
    private static let limit = 1000

    private let ranked = Mutex<[ProductID]>([])
    private let database: any Database

    init(database: any Database) { self.database = database }

    /// The most looked at first; only what is more liked than not.
    func first(_ count: Int) -> [ProductID] { self.ranked.withLock { Array($0.prefix(count)) } }

    func refresh(at now: Timestamp) async throws {
        let hours = try await self.database.read { tx in
            try tx.figures.listHours(since: now.adding(seconds: -Self.days * 86_400))
        }
        var scores: [ProductID: Double] = [:]
        for hour in hours {
            let age = Double(now.seconds - hour.hour * 3600) / 3600
            scores[hour.product, default: 0] += Self.score([(Double(hour.weight), max(0, age))])
        }
        let sorted = scores.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        self.ranked.withLock { $0 = sorted.prefix(Self.limit).map(\.key) }
    }

    /// What an event counts.
    enum Weight {
        static let click: Int64 = 1
        static let order: Int64 = 10
        static let cancellation: Int64 = -10
    }

    /// - Parameter events: each with its weight and its age in hours.
    static func score(_ events: [(weight: Double, hours: Double)]) -> Double {
        events.reduce(0) { $0 + $1.weight * exp2(-$1.hours / Self.halfLifeHours) }
    }
}
