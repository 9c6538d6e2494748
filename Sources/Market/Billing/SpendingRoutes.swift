import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What a buyer has spent on which service, day by day.
struct SpendingRoutes: Sendable {
    /// Records stay in the database for longer than that, whatever the operator archives.
    static let longestDays = 30

    let database: any Database
    let cache: ListingCache

    var endpoints: [Endpoint] {
        [Endpoint(.get, "/api/v1/usage/spending", tag: "Billing", self.spending)]
    }

    struct Query: Input {
        let days: Int

        init(_ read: inout InputReader) {
            self.days = read.query(
                "days",
                .integer,
                default: SpendingRoutes.longestDays,
                json: .int(SpendingRoutes.longestDays),
                "How many UTC days, today included",
                .range(1...SpendingRoutes.longestDays)
            )
        }
    }

    var spending: Operation<Query, Spending> {
        Operation("Get my spending by service and day", access: .anyKey) { input, caller, _ in
            let (first, lines) = try await self.database.read { tx in
                let first = tx.now.startOfDay.adding(seconds: Int64(1 - input.days) * 86_400)
                return (first, try tx.spending.list(of: caller.identity, since: first))
            }
            let listings = try await self.cache.list(Array(Set(lines.map(\.listing)))).map(\.listing)
            let names = Dictionary(listings.map { ($0.id, $0.name) }) { first, _ in first }
            return Spending(first: first, lines: lines.map { Spending.Day(line: $0, name: names[$0.listing] ?? "") })
        }
    }
}

struct Spending: ExampleAnswer {
    let first: Timestamp
    let lines: [Day]

    struct Day: Answer {
        let line: SpendingStore.Line
        let name: String
        var day: String { Timestamp(seconds: self.line.day * 86_400).dayText }

        static let members: [Member<Self>] = [
            Member("day", \.day, "The UTC day", example: "2026-03-19"),
            Member("service_id", \.line.listing, "The service"),
            Member("service", \.name, "Its name", example: "Text summary"),
            Member("calls", \.line.calls, "How often it was called", example: 12),
            Member("spent", \.line.spent, "What that cost", unit: "USDC", example: "0.60"),
        ]
    }

    struct Service: Sendable {
        let id: ID<Listing>
        let name: String
        let calls: Int64
        let spent: Amount<USDC>
    }

    /// What was spent on each, the most first.
    var services: [Service] {
        Dictionary(grouping: self.lines, by: \.line.listing).map { id, days in
            Service(
                id: id,
                name: days[0].name,
                calls: days.map(\.line.calls).reduce(0, +),
                spent: days.map(\.line.spent).reduce(0, +)
            )
        }
        .sorted { ($1.spent, $0.name) < ($0.spent, $1.name) }
    }

    var total: Amount<USDC> { self.lines.map(\.line.spent).reduce(0, +) }

    static let members: [Member<Self>] = [
        Member("from", \.first.dayText, "The first day", example: "2026-02-18"),
        Member("total", \.total, "What was spent in all", unit: "USDC"),
        Member("days", \.lines, "One for each service and day with calls, oldest first"),
    ]

    static let example = Spending(
        first: Timestamp(text: "2026-02-18")!,
        lines: [
            Day(
                line: .init(
                    listing: ID("550e8400-e29b-41d4-a716-446655440000"),
                    day: 20_531,
                    calls: 12,
                    spent: 600_000
                ),
                name: "Text summary"
            )
        ]
    )
}
