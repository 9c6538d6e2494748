import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
package import Platform
import Storage
import Web

/// Everything that a server tells of itself, for Prometheus.
package struct HouseMetrics: Sendable {
    /// Of the house and of every surface, for the documents.
    package static let all =
        ProcessSamples.metrics + ofHouse + RootResponder.metrics + House.sliceTypes.flatMap { $0.metrics }

    private static let ofHouse = [
        build, connections, waiting, queueTimes, commitTimes, writable, pending, oldest, disabled, jobs, nodes, disk,
    ]

    private static let build = Metric.gauge("souk_build_info", "1, with the version in a label.")
    private static let connections = Metric.gauge("souk_http_connections", "Connections that clients have open.")
    private static let waiting = Metric.gauge("souk_database_waiting_writes", "Writes that wait for their commit.")
    private static let queueTimes = Metric.histogram(
        "souk_database_queue_seconds",
        "Time that writes waited until their commit began."
    )
    private static let commitTimes = Metric.histogram(
        "souk_database_commit_seconds",
        "Time of a commit, with all writes that share it."
    )
    private static let writable = Metric.gauge(
        "souk_database_writable",
        "1 when the last commit succeeded, 0 when nothing can be written."
    )
    private static let pending = Metric.gauge(
        "souk_webhook_pending_deliveries",
        "Webhook deliveries that have not arrived yet, by surface."
    )
    private static let oldest = Metric.gauge(
        "souk_webhook_oldest_pending_seconds",
        "Age of the oldest of them, by surface."
    )
    private static let disabled = Metric.gauge(
        "souk_webhook_disabled_endpoints",
        "Webhooks that were switched off because they failed, by surface."
    )
    private static let jobs = Metric.gauge("souk_jobs", "Jobs, by surface and state.")
    private static let nodes = Metric.gauge("souk_nodes", "Servers that share the database.")
    private static let disk = Metric.gauge("souk_disk_free_bytes", "Free space where the data directory is.")

    private let house: House

    package init(_ house: House) { self.house = house }

    /// In Prometheus' text format. Without a database, what stands in memory.
    package func exposition() async -> String {
        let stored = try? await self.house.database.read { tx in
            try self.stored(tx) + self.house.slices.flatMap { try $0.samples(in: tx) }
        }
        return Metrics.exposition(of: self.present() + self.house.metrics.samples() + (stored ?? []))
    }

    func response() async -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: await self.exposition()))
        )
    }

    private func present() -> [Sample] {
        let (database, load) = (self.house.database, self.house.database.load)
        var samples = ProcessSamples.read()
        samples += [
            Sample(Self.build, 1, ["version": Version.text, "revision": Version.revision]),
            Sample(Self.connections, self.house.connections.count),
            Sample(Self.waiting, load.queueLength),
            Sample(Self.queueTimes, load.queueTimes),
            Sample(Self.commitTimes, load.commitTimes),
            Sample(Self.writable, database.health.isFailing ? 0 : 1),
        ]
        if let free = self.house.configuration.freeBytes { samples.append(Sample(Self.disk, Double(free))) }
        return samples
    }

    /// Of all nodes together.
    private func stored(_ tx: Transaction) throws -> [Sample] {
        let backlog = Dictionary(uniqueKeysWithValues: try tx.webhooks.listBacklogs().map { ($0.surface, $0) })
        let states = try tx.jobs.countByState()
        let surfaces = House.sliceTypes.map { $0.name }
        return surfaces.flatMap { surface -> [Sample] in
            let own = backlog[surface]
            let age = own?.oldest.map { max(0, tx.now.seconds(since: $0)) } ?? 0
            return [
                Sample(Self.pending, own?.pending ?? 0, ["surface": surface]),
                Sample(Self.oldest, Double(age), ["surface": surface]),
                Sample(Self.disabled, own?.disabled ?? 0, ["surface": surface]),
            ]
        }
            + states.map { Sample(Self.jobs, $0.count, ["surface": $0.surface, "state": $0.state.rawValue]) }
            + [Sample(Self.nodes, try tx.serverRuns.listNodes().count)]
    }
}
