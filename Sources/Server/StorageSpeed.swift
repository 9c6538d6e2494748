import Kernel
package import Storage

/// Measures durable writes on the operator's own disk: how many rows a second the group commit reaches.
package enum StorageSpeed {
    package struct Figure: Sendable {
        package let name: String
        package let rowsPerSecond: Int
    }

    private static let migration = Migration(
        "speed/0001",
        .schema("CREATE TABLE speed (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, amount INTEGER NOT NULL)")
    )

    /// Rows that one transaction of `batch` inserts at a time reaches, then `Database.write` with as many writers at once.
    ///
    /// - Parameter database: an empty one, of its own.
    package static func measure(_ database: any Database) async throws -> [Figure] {
        _ = try await database.migrate([Self.migration])
        var figures: [Figure] = []
        for width in [32, 128] {
            let plain = try await Self.rate { clock in
                var rows = 0
                while clock() {
                    try await database.write { tx in for _ in 0..<width { try Self.insert(tx) } }
                    rows += width
                }
                return rows
            }
            figures.append(Figure(name: "one transaction of \(width) rows at a time", rowsPerSecond: plain))
            let shared = try await Self.rate { clock in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<width {
                        group.addTask {
                            var rows = 0
                            while clock() {
                                try await database.write { tx in try Self.insert(tx) }
                                rows += 1
                            }
                            return rows
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
            figures.append(Figure(name: "Database.write, \(width) writers", rowsPerSecond: shared))
        }
        return figures
    }

    private static func insert(_ tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO speed (owner, amount) VALUES (\("acc_0198c5d2-7b40-7000-8000-000000000001"), \(50_000))"
        )
    }

    /// Runs for two seconds.
    private static func rate(_ body: (_ goesOn: @escaping @Sendable () -> Bool) async throws -> Int) async throws -> Int
    {
        let start = WallClock.system.now()
        let rows = try await body { WallClock.system.now().milliseconds(since: start) < 2000 }
        return rows * 1000 / Int(max(1, WallClock.system.now().milliseconds(since: start)))
    }
}
