import ArgumentParser
import Kernel
import Ledger
import Platform
import Search
import Server
import Storage
import Web

struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints one line a route: surface, method and path, tab separated."
    )

    func run() async throws {
        // A database of this process alone: only the declarations are wanted.
        for line in try await RouteList.lines() { Operator.say(line) }
    }
}

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Recomputes the ledger from its transfers, the figures from the records, some of the search indexes and the archive's checksums; exits with 1 and the differences if something is off."
    )

    @OptionGroup(visibility: .hidden) var options: Options
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        let (balances, differences, lost, damage) = try await self.options.withHouse(.reading) { house in
            let (balances, differences) = try await house.database.read { tx in
                (try tx.ledger.trialBalance(), try house.verify(in: tx))
            }
            var lost: [String] = []
            for search in house.searches {
                try await search.open(reading: true)
                lost += try await search.verify()
            }
            let damaged = try await house.archive.files().filter { !house.archive.isWhole($0) }
            return (
                balances, differences, lost, damaged.map { "the archive's \($0.path) is missing or not as written" }
            )
        }
        if self.json {
            try Operator.say(json: ["differences": differences, "archive": damage, "search": lost])
        } else {
            for balance in balances {
                let amount = { Display(language: .english).money($0, Currency(code: balance.currency)) }
                Operator.say(
                    "debits \(amount(balance.debitsPosted)) \(balance.currency), credits \(amount(balance.creditsPosted)) \(balance.currency)"
                )
            }
            for difference in differences + damage + lost { Operator.say(difference) }
            if !lost.isEmpty { Operator.say("A search index is off: `souk search rebuild` makes it anew.") }
            if !damage.isEmpty { Operator.say("The archive is damaged.") }
            Operator.say(differences.isEmpty ? "The ledger is balanced." : "The ledger is off.")
        }
        if !differences.isEmpty || !damage.isEmpty || !lost.isEmpty { throw ExitCode.failure }
    }
}

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Applies the migrations that are missing.")

    @OptionGroup(visibility: .hidden) var options: Options

    func run() async throws {
        try await Operator.run {
            let configuration = try self.options.load()
            let database = try configuration.openDatabase(clock: .system, logger: Operator.logger(configuration))
            let applied = try await database.migrate(House.migrations, isServed: configuration.findServer() != nil)
            Operator.say(applied.isEmpty ? "The database is up to date." : applied.joined(separator: "\n"))
            await database.close()
        }
    }
}

struct PrintVersion: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func run() { Operator.say(Version.full) }
}
