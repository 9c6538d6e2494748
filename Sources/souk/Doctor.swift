import ArgumentParser
import Foundation
import Kernel
import Ledger
import Platform
import Server
import Storage
import Web

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks configuration, key, database and ledger; exits with 1 if something is wrong."
    )

    @OptionGroup(visibility: .hidden) var options: Options
    @Flag(help: "Prints JSON.") var json = false
    @Flag(help: "Measures durable writes in the data directory instead.") var speed = false

    private static let ids = IDGenerator.system(now: WallClock.system.now)

    func run() async throws {
        if self.speed { return try await self.measure() }
        var findings: [Diagnosis] = []
        do {
            let configuration = try self.options.load()
            findings.append(
                Diagnosis(check: "configuration", ok: true, detail: "data in \(configuration.dataDirectory)")
            )
            findings.append(self.space(configuration))
            findings += [Self.clock(), Self.proxy(configuration)]
            if let mail = configuration.mail {
                let trouble = await mail.trouble()
                findings.append(
                    Diagnosis(check: "mail", ok: trouble == nil, detail: trouble ?? "the mail server answers")
                )
            }
            if configuration.secretKey != nil { _ = try OperatorKey.load(configuration, ids: Self.ids) }
            findings += await self.checkDatabase(configuration)
        } catch {
            findings.append(Diagnosis(check: "configuration", ok: false, detail: "\(error)"))
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

    private func checkDatabase(_ configuration: Configuration) async -> [Diagnosis] {
        var findings: [Diagnosis] = []
        do {
            let database = try await configuration.openExistingDatabase(
                clock: .system,
                logger: Operator.logger(configuration)
            )
            findings.append(
                Diagnosis(
                    check: "database (\(database.engine.rawValue))",
                    ok: true,
                    detail: "every migration is applied"
                )
            )
            do {
                try await OperatorKey.check(configuration, ids: Self.ids, database, isWriting: false)
                findings.append(
                    Diagnosis(check: "operator's key", ok: true, detail: "opens what the database has sealed")
                )
            } catch { findings.append(Diagnosis(check: "operator's key", ok: false, detail: "\(error)")) }
            let server = configuration.findServer()
            if database.engine == .postgres {
                findings.append(try await self.nodes(database))
                findings += try Self.postgres(configuration)
            } else {
                let detail = server.map { "process \($0.process.map(String.init) ?? "unknown") serves the database" }
                findings.append(Diagnosis(check: "server", ok: true, detail: detail ?? "none serves the database"))
                if server == nil { findings.append(self.ports(configuration)) }
            }
            let differences = try await database.read { try $0.ledger.verify() }
            findings.append(
                Diagnosis(
                    check: "ledger",
                    ok: differences.isEmpty,
                    detail: differences.isEmpty ? "balanced" : differences.map(\.description).joined(separator: "; ")
                )
            )
            findings += await self.surfaces(configuration, database)
            await database.close()
        } catch {
            findings.append(Diagnosis(check: "database", ok: false, detail: "\(error)"))
        }
        return findings
    }

    private func ports(_ configuration: Configuration) -> Diagnosis {
        do {
            try configuration.requireFreePorts()
            return Diagnosis(check: "port", ok: true, detail: "\(configuration.host):\(configuration.port) is free")
        } catch { return Diagnosis(check: "port", ok: false, detail: "\(error)") }
    }

    /// What each surface finds of its own, such as payment companies that do not answer.
    private func surfaces(_ configuration: Configuration, _ database: any Database) async -> [Diagnosis] {
        let logger = Operator.logger(configuration)
        let house: House
        do { house = try House(configuration, database: database, publicURL: "http://localhost", logger: logger) } catch
        {
            return [Diagnosis(check: "surfaces", ok: false, detail: "\(error)")]
        }
        var findings: [Diagnosis] = []
        for slice in house.slices { findings += await slice.diagnose() }
        await house.outbound.close()
        return findings
    }

    /// What systemd-timesyncd, chrony and ntpd leave while they run.
    private static let clockKeepers = [
        "/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/chrony/chronyd.sock", "/run/ntpd.pid",
    ]

    private static func clock() -> Diagnosis {
        let isKept = Self.clockKeepers.contains { FileManager.default.fileExists(atPath: $0) }
        return Diagnosis(
            check: "clock",
            ok: true,
            detail: isKept
                ? "kept right by the system"
                : "nothing says that it is kept right; run an NTP client: signatures, months and several nodes need the true time"
        )
    }

    /// Behind a proxy without a name, all clients are one address.
    private static func proxy(_ configuration: Configuration) -> Diagnosis {
        let urls = [configuration.publicURL].compactMap { $0 } + configuration.publicURLs.values
        let isBehindProxy = urls.contains { $0.bytewise.starts(with: "https:") }
        let isWrong = isBehindProxy && configuration.trustedProxies.isEmpty
        return Diagnosis(
            check: "proxy",
            ok: !isWrong,
            detail: isWrong
                ? "public_url is https, so a proxy stands before souk; name its address in trusted_proxies, or all clients share one address and its limits"
                : configuration.trustedProxies.isEmpty
                    ? "none; clients reach souk directly"
                    : "\(configuration.trustedProxies.joined(separator: ", ")) is believed"
        )
    }

    /// The oldest version that the tests run on, as PostgreSQL counts it.
    private static let leastPostgres = 14_0000

    private static func postgres(_ configuration: Configuration) throws -> [Diagnosis] {
        let server = try PostgresServer(url: configuration.database)
        let (version, settings) = try server.versionAndSettings([
            "fsync", "synchronous_commit", "full_page_writes", "max_connections", "server_encoding",
        ])
        var wrong: [String] = []
        if settings["fsync"] != "on" { wrong.append("fsync is off: a crash of the machine loses everything") }
        if settings["full_page_writes"] != "on" { wrong.append("full_page_writes is off: a crash can damage pages") }
        if settings["synchronous_commit"] == "off" {
            wrong.append("synchronous_commit is off: acknowledged writes can be lost")
        }
        if settings["server_encoding"] != "UTF8" { wrong.append("its encoding is no UTF8") }
        if Int(settings["max_connections"] ?? "") ?? 0 < 20 {
            wrong.append("max_connections is under 20: each server of souk takes six")
        }
        let drift = try server.secondsAhead()
        return [
            Diagnosis(
                check: "PostgreSQL's version",
                ok: version >= self.leastPostgres,
                detail:
                    "\(version / 10_000).\(version % 10_000)\(version >= self.leastPostgres ? "" : "; 14 or later is needed")"
            ),
            Diagnosis(
                check: "PostgreSQL's settings",
                ok: wrong.isEmpty,
                detail: wrong.isEmpty ? "what is acknowledged is on its disk" : wrong.joined(separator: "; ")
            ),
            Diagnosis(
                check: "PostgreSQL's clock",
                ok: abs(drift) <= 5,
                detail: abs(drift) <= 5 ? "as here" : "\(drift) seconds ahead of this machine's; keep both right (NTP)"
            ),
        ]
    }

    /// Less room than this, in MiB, is a disk that is about to be full.
    private static let leastSpace: Int64 = 1024

    private func space(_ configuration: Configuration) -> Diagnosis {
        let folder = configuration.dataDirectory
        guard let bytes = configuration.freeBytes else {
            return Diagnosis(check: "disk", ok: false, detail: "there is no directory \(folder)")
        }
        let free = bytes >> 20
        let isEnough = free >= Self.leastSpace
        let advice = isEnough ? "" : "; make room, or move data_dir: a full disk stops every write"
        return Diagnosis(check: "disk", ok: isEnough, detail: "\(free) MiB are free in \(folder)\(advice)")
    }

    /// The servers that share the database.
    private func nodes(_ database: any Database) async throws -> Diagnosis {
        let nodes = (try? await database.read { try $0.serverRuns.listNodes() }) ?? []
        let detail = nodes.map {
            "process \($0.process) on \($0.host), version \($0.version), since \($0.startedAt.readable) UTC"
        }
        return Diagnosis(
            check: "servers",
            ok: true,
            detail: nodes.isEmpty ? "none serves the database" : "\(nodes.count): \(detail.joined(separator: "; "))"
        )
    }
}
