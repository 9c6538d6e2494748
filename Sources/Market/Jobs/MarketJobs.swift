import Kernel
import Platform
import Storage
import Web

/// What the market does in steps: sending a range of webhooks again, settling every provider, writing usage into a file.
struct MarketJobs: Sendable {
    static let replay = "replay"
    static let settlements = "settlements"
    static let usageExport = "usage_export"

    /// Events looked at in a step.
    private static let eventsPerStep: Int64 = 500
    /// Longer files are refused: the same as a download has no limit.
    static let exportLimit = 1_000_000

    let database: any Database
    let settlementService: SettlementService

    var kinds: [JobKind] {
        [
            JobKind(Self.replay, step: self.replayStep), JobKind(Self.settlements, step: self.settlementStep),
            JobKind(Self.usageExport, step: self.exportStep),
        ]
    }

    // MARK: Replay

    struct ReplayInput: Codable, Sendable {
        let webhook: String
        let from: Int64
        let to: Int64
    }

    private struct ReplayResult: Codable, Sendable {
        var queued = 0
    }

    /// The range is fixed by the first step, so that what happens meanwhile is not sent twice.
    @Sendable private func replayStep(_ job: Job) async throws -> JobStep {
        let input = try JSON.decode(ReplayInput.self, from: job.input.utf8)
        let before = job.progress.cursor == nil ? ReplayResult() : try JSON.decode(from: job.progress.result.utf8)
        return try await self.database.write { tx in
            var result = before
            guard
                let endpoint = try tx.webhooks.find(ID(input.webhook), of: job.owner, surface: MarketContract.name)
            else { throw MarketProblems.webhookNotFound }
            let range = try tx.webhooks.range(
                from: Timestamp(microseconds: input.from),
                to: Timestamp(microseconds: input.to)
            )
            let kept = (job.progress.cursor ?? "").bytewise.split(" ").compactMap { Int64($0) }
            let last = kept.count == 2 ? kept[1] : range.upperBound
            let start = kept.count == 2 ? kept[0] : range.lowerBound
            let end = min(start + Self.eventsPerStep, last)
            if start < end { result.queued += try tx.webhooks.replay(endpoint, events: start..<end) }
            // In hundredths of the range: how many events everybody else has had is nobody's business.
            let length = last - range.lowerBound
            let done = length <= 0 ? 100 : (end - range.lowerBound) * 100 / length
            let progress = Job.Progress(
                done: done,
                total: 100,
                cursor: "\(max(start, end)) \(last)",
                result: try JSON.text(result)
            )
            return JobStep(progress, isLast: end >= last)
        }
    }

    // MARK: Settlements

    struct SettlementInput: Codable, Sendable {
        let start: Int64
        let end: Int64
    }

    private struct SettlementResult: Codable, Sendable {
        var made = 0
        /// Providers without calls in the period, or settled for a part of it before.
        var skipped = 0
        var net = "0.00"
    }

    /// One provider a step.
    @Sendable private func settlementStep(_ job: Job) async throws -> JobStep {
        let input = try JSON.decode(SettlementInput.self, from: job.input.utf8)
        var result: SettlementResult =
            job.progress.cursor == nil ? SettlementResult() : try JSON.decode(from: job.progress.result.utf8)
        let period = SettlementPeriod(
            start: Timestamp(microseconds: input.start),
            end: Timestamp(microseconds: input.end)
        )
        // Providers are known by their figures.
        if job.progress.cursor == nil { try await self.settlementService.rollUps.catchUp(batches: .max) }
        let (total, provider, admin) = try await self.database.read { tx in
            (
                try tx.settlements.countProviders(), try tx.settlements.findProvider(after: job.progress.cursor ?? ""),
                try tx.identities.find(credential: job.credential, surface: MarketContract.name)
            )
        }
        guard let provider else {
            return JobStep(
                .init(done: job.progress.done, total: job.progress.done, cursor: "", result: try JSON.text(result)),
                isLast: true
            )
        }
        guard let admin else { throw MarketProblems.invalidKey }
        do {
            let made = try await self.settlementService.create(
                period,
                of: provider.name,
                by: Caller(admin),
                trace: .none,
                skipsEmpty: true
            )
            if let made {
                result.made += 1
                result.net = (try Amount<USDC>(decimal: result.net) + made.net).text
            } else {
                result.skipped += 1
            }
        } catch let problem as Problem where problem.code == "settlement_overlaps" {
            result.skipped += 1
        }
        let progress = Job.Progress(
            done: job.progress.done + 1,
            total: Int64(total),
            cursor: provider.id.text,
            result: try JSON.text(result)
        )
        return JobStep(progress, isLast: false)
    }

    // MARK: Export

    struct ExportInput: Codable, Sendable {
        let service: String?
        let from: Int64?
        let to: Int64?
    }

    @Sendable private func exportStep(_ job: Job) async throws -> JobStep {
        let input = try JSON.decode(ExportInput.self, from: job.input.utf8)
        let filter = UsageFilter(
            buyer: job.owner,
            listing: input.service.map { ID($0) },
            from: input.from.map { Timestamp(microseconds: $0) },
            to: input.to.map { Timestamp(microseconds: $0) }
        )
        let (total, page) = try await self.database.read { tx in
            (
                try job.progress.total ?? Int64(tx.usage.count(filter)),
                try tx.usage.list(filter, before: job.progress.cursor, limit: CSV.pageSize)
            )
        }
        guard total <= Self.exportLimit else { throw MarketProblems.exportTooLarge }
        let header = job.progress.done == 0 ? CSV.line(UsageCSV.columns) : ""
        let progress = Job.Progress(
            done: job.progress.done + Int64(page.count),
            total: total,
            cursor: page.last?.id.text ?? job.progress.cursor
        )
        return JobStep(
            progress,
            isLast: page.count < CSV.pageSize,
            output: header + page.map { CSV.line(UsageCSV.line($0)) }.joined()
        )
    }
}
