import ArgumentParser
import Foundation
import Kernel
import Ledger
import Platform
import Server
import Storage

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks configuration, key, database and ledger; exits with 1 if something is wrong."
    )

    @OptionGroup var options: Options
    @Flag(help: "Prints JSON.") var json = false
    @Flag(help: "Measures durable writes in the data directory instead.") var speed = false

    private struct Finding: Encodable {
        let check: String
        let ok: Bool
        let detail: String
    }

    func run() async throws {
        if self.speed { return try await self.measure() }
        var findings: [Finding] = []
        do {
            let configuration = try self.options.load()
            findings.append(Finding(check: "configuration", ok: true, detail: "data in \(configuration.dataDirectory)"))
            findings += await self.checkDatabase(configuration)
        } catch {
            findings.append(Finding(check: "configuration", ok: false, detail: "\(error)"))
        }
        if self.json {
            try Operator.say(json: findings)
        } else {
            for finding in findings {
                Operator.say("\(finding.ok ? "ok   " : "WRONG") \(finding.check): \(finding.detail)")
            }
        }
        if findings.contains(where: { !$0.ok }) { throw ExitCode.failure }
    }

    /// On a SQLite file of its own, which is removed afterwards.
    private func measure() async throws {
        try await Operator.run {
            let configuration = try self.options.load()
            let path = "\(configuration.dataDirectory)/speed-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let speed = try Configuration(flags: [.dataDir: path], environment: [:], file: nil)
            let database = try speed.openDatabase(clock: .system, logger: Operator.logger(configuration))
            let figures = try await StorageSpeed.measure(database)
            await database.close()
            for figure in figures { Operator.say("\(figure.rowsPerSecond) rows a second: \(figure.name)") }
        }
    }

    private func checkDatabase(_ configuration: Configuration) async -> [Finding] {
        var findings: [Finding] = []
        do {
            let database = try configuration.openDatabase(clock: .system, logger: Operator.logger(configuration))
            _ = try OperatorKey.load(configuration, ids: .system(now: WallClock.system.now))
            findings.append(Finding(check: "operator's key", ok: true, detail: "32 random bytes"))
            let server = configuration.findServer()
            if database.engine == .postgres {
                findings.append(try await self.nodes(database))
            } else {
                let detail = server.map { "process \($0.process.map(String.init) ?? "unknown") serves the database" }
                findings.append(Finding(check: "server", ok: true, detail: detail ?? "none serves the database"))
            }
            let applied = try await database.migrate(House.migrations, isServed: server != nil)
            let detail = applied.isEmpty ? "up to date" : "migrated: \(applied.joined(separator: ", "))"
            findings.append(Finding(check: "database (\(database.engine.rawValue))", ok: true, detail: detail))
            let differences = try await database.read { try $0.ledger.verify() }
            findings.append(
                Finding(
                    check: "ledger",
                    ok: differences.isEmpty,
                    detail: differences.isEmpty ? "balanced" : differences.map(\.description).joined(separator: "; ")
                )
            )
            await database.close()
        } catch {
            findings.append(Finding(check: "database", ok: false, detail: "\(error)"))
        }
        return findings
    }

    /// The servers that share the database.
    private func nodes(_ database: any Database) async throws -> Finding {
        let nodes = (try? await database.read { try $0.serverRuns.listNodes() }) ?? []
        let detail = nodes.map {
            "process \($0.process) on \($0.host), version \($0.version), since \($0.startedAt.readable) UTC"
        }
        return Finding(
            check: "servers",
            ok: true,
            detail: nodes.isEmpty ? "none serves the database" : "\(nodes.count): \(detail.joined(separator: "; "))"
        )
    }
}
