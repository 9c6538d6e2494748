import Kernel
import Platform
import Storage

/// Closes a month, some publishers a step.
struct MonthClose: Sendable {
    static let kind = "affiliate_month_close"
    private static let publishersPerStep = 200

    let database: any Database
    let payouts: PayoutService
    let ids: IDGenerator

    struct Order: Codable, Sendable {
        let month: String
    }

    var kinds: [JobKind] { [JobKind(Self.kind, step: self.step)] }

    /// The month of the first account: in those before it there was nothing to close.
    static func first(in tx: Transaction) throws -> Month {
        try Month(of: tx.affiliateAccounts.findFirstCreation() ?? tx.now)
    }

    /// Throws `monthNotOver`, `monthBeforeFirst`, `monthUnderWay`, `monthClosed`, `monthOrder`.
    func begin(_ month: Month, by caller: Caller, name: String? = nil, trace: Trace) async throws -> Job {
        let id: ID<Job> = self.ids.next()
        return try await self.database.write { tx in
            guard month.end <= tx.now else { throw AffiliateProblems.monthNotOver }
            guard try month.text >= Self.first(in: tx).text else { throw AffiliateProblems.monthBeforeFirst }
            if let latest = try tx.payouts.findLatestMonth() {
                if latest.closedAt == nil {
                    // What has failed is begun again where it stopped; what is under way is left alone.
                    let job = try tx.jobs.find(ID(latest.job), surface: AffiliateContract.name)
                    guard latest.month == month.text, job?.state != .running else {
                        throw AffiliateProblems.monthUnderWay
                    }
                    try tx.payouts.delete(month: month.text)
                } else {
                    guard latest.month < month.text else { throw AffiliateProblems.monthClosed }
                    // None is left out, so that every month has an end of its own.
                    guard let next = Month(text: latest.month)?.next, next == month else {
                        throw AffiliateProblems.monthOrder
                    }
                }
            }
            try mapping("affiliate_month_pkey", to: AffiliateProblems.monthClosed) {
                try tx.payouts.insert(month: month.text, job: id.text, by: name ?? caller.name)
            }
            try tx.audit.record(actor: caller.credential, action: "month.closed", subject: month.text, trace: trace)
            let input = try JSON.text(Order(month: month.text))
            return try tx.jobs.insert(id, kind: Self.kind, input: input, of: caller, surface: AffiliateContract.name)
        }
    }

    /// A publisher whose month is closed is passed over, so that a step bears to be done twice.
    @Sendable private func step(_ job: Job) async throws -> JobStep {
        let order = try JSON.decode(Order.self, from: job.input.utf8)
        guard let month = Month(text: order.month) else { throw AffiliateProblems.monthMalformed }
        let total = try await self.count(job)
        let cursor = job.progress.cursor ?? ""
        let last = try await self.database.write { tx -> (cursor: String, count: Int)? in
            let rules = try self.payouts.rules(in: tx)
            let payees = try tx.payouts.listPublishers(after: cursor, limit: Self.publishersPerStep)
            for payee in payees { _ = try self.payouts.close(payee, month, rules, trace: .none, in: tx) }
            guard let last = payees.last, payees.count == Self.publishersPerStep else {
                try tx.payouts.finish(month: month.text)
                return nil
            }
            return (last.id.text, payees.count)
        }
        let done = last.map { job.progress.done + Int64($0.count) } ?? total
        let result =
            last == nil ? try await self.database.read { try $0.payouts.total(month: month.text) } : MonthTotal()
        return JobStep(
            .init(done: done, total: total, cursor: last?.cursor ?? cursor, result: try JSON.text(result)),
            isLast: last == nil
        )
    }

    private func count(_ job: Job) async throws -> Int64 {
        if let total = job.progress.total { return total }
        return try await self.database.read { tx in
            Int64(try tx.affiliateAccounts.count(role: .publisher) + tx.affiliateAccounts.count(role: .agent))
        }
    }
}
