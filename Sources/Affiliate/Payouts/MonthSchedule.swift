import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Closes the last month by itself, from the day on that the operator has set.
struct MonthSchedule: Service {
    private static let everySeconds: Int64 = 300

    let database: any Database
    let close: MonthClose
    let logger: Logger

    func run() async throws {
        await poll(everySeconds: Self.everySeconds, else: "cannot close the month", self.logger) {
            try await self.closeWhenDue()
        }
    }

    /// Whether a closing has begun. It is done in the name of the network's first operator.
    @discardableResult
    func closeWhenDue() async throws -> Bool {
        let due = try await self.database.read { tx -> (Month, Caller)? in
            let day = try tx.payoutSettings.setting(PayoutService.closeDaySetting)
            let today = JapanTime.day(of: tx.now)
            let month = Month(of: tx.now)
            guard day > 0, today - month.firstDay + 1 >= day else { return nil }
            let last = month.adding(-1)
            if let latest = try tx.payouts.findLatestMonth(),
                latest.month > last.text || (latest.month == last.text && latest.closedAt != nil)
            {
                return nil
            }
            guard
                let credential = try tx.identities.findFirst(
                    role: AffiliateRole.operator.role,
                    surface: AffiliateContract.name
                )
            else { return nil }
            // After a pause the months follow each other, one at a time.
            let next = try tx.payouts.findLatestMonth().flatMap { latest in
                Month(text: latest.month).map { latest.closedAt == nil ? $0 : $0.next }
            }
            return (min(next ?? last, last), Caller(credential))
        }
        guard let (month, caller) = due else { return false }
        do { _ = try await self.close.begin(month, by: caller, name: "schedule", trace: .none) } catch let problem
            as Problem
            where problem.code == AffiliateProblems.monthUnderWay.code
        { return false }
        return true
    }
}
