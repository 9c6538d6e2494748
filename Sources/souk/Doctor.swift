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

    private static let ids = IDGenerator.system(now: WallClock.system.now)

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
            findings.append(self.space(configuration))
            if configuration.secretKey != nil { _ = try OperatorKey.load(configuration, ids: Self.ids) }
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
            let database = try await configuration.openExistingDatabase(
                clock: .system,
                logger: Operator.logger(configuration)
            )
            findings.append(
                Finding(check: "database (\(database.engine.rawValue))", ok: true, detail: "every migration is applied")
            )
            do {
                try await OperatorKey.check(configuration, ids: Self.ids, database, isWriting: false)
                findings.append(
                    Finding(check: "operator's key", ok: true, detail: "opens what the database has sealed")
                )
            } catch { findings.append(Finding(check: "operator's key", ok: false, detail: "\(error)")) }
            let server = configuration.findServer()
            if database.engine == .postgres {
                findings.append(try await self.nodes(database))
            } else {
                let detail = server.map { "process \($0.process.map(String.init) ?? "unknown") serves the database" }
                findings.append(Finding(check: "server", ok: true, detail: detail ?? "none serves the database"))
                if server == nil { findings.append(self.ports(configuration)) }
            }
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

    private func ports(_ configuration: Configuration) -> Finding {
        do {
            try configuration.requireFreePorts()
            return Finding(check: "port", ok: true, detail: "\(configuration.host):\(configuration.port) is free")
        } catch { return Finding(check: "port", ok: false, detail: "\(error)") }
    }

    /// Less room than this, in MiB, is a disk that is about to be full.
    private static let leastSpace: Int64 = 1024

    private func space(_ configuration: Configuration) -> Finding {
        let folder = configuration.dataDirectory
        guard let values = try? FileManager.default.attributesOfFileSystem(forPath: folder),
            let bytes = (values[.systemFreeSize] as? NSNumber)?.int64Value
        else { return Finding(check: "disk", ok: false, detail: "there is no directory \(folder)") }
        let free = bytes >> 20
        let isEnough = free >= Self.leastSpace
        let advice = isEnough ? "" : "; make room, or move data_dir: a full disk stops every write"
        return Finding(check: "disk", ok: isEnough, detail: "\(free) MiB are free in \(folder)\(advice)")
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
