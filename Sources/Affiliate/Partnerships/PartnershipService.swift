import Kernel
import Platform
import Storage
import Web

/// Applying to programs, and what advertisers decide.
struct PartnershipService: Sendable {
    let database: any Database
    let ids: IDGenerator

    /// A publisher who was rejected may apply again after so many days.
    static let waitDays: Int64 = 30

    /// Throws `programNotFound`, `partnershipExists`, `applicationTooSoon`.
    func apply(_ program: ProgramID, by caller: Caller, trace: Trace) async throws -> Partnership {
        let code = self.ids.bytes(16).hex
        return try await self.database.write { tx in
            let program = try tx.programs.requireActive(program)
            let status: Partnership.Status = program.content.approvesAtOnce ? .approved : .pending
            return try self.begin(program, publisher: caller.identity, status, code: code, trace: trace, in: tx)
        }
    }

    /// Throws `partnershipExists`, `applicationTooSoon`.
    func begin(
        _ program: Program,
        publisher: ID<Identity>,
        _ status: Partnership.Status,
        code: String,
        trace: Trace,
        in tx: Transaction
    ) throws -> Partnership {
        // Asked first, since a refused insert leaves a gap in PostgreSQL's numbers.
        let known = try tx.partnerships.find(program: program.id, of: publisher)
        switch known?.status ?? .cancelled {
        case .cancelled: break
        case .rejected:
            let next = known?.decidedAt?.adding(seconds: Self.waitDays * 86_400)
            guard next.map({ $0 <= tx.now }) ?? true else {
                throw AffiliateProblems.applicationTooSoon(
                    until: next.map { JapanTime.date(ofDay: JapanTime.day(of: $0)) } ?? ""
                )
            }
        default: throw AffiliateProblems.partnershipExists
        }
        let id = try mapping("affiliate_partnership_program_id_publisher_id", to: AffiliateProblems.partnershipExists) {
            try tx.partnerships.insert(program: program.id, publisher: publisher, status: status, code: code)
        }
        let partnership = try tx.partnerships.require(id, of: publisher)
        try tx.invalidate(ProgramChanges.topic, partnership.trackingCode)
        try tx.notices.tell(
            [program.advertiser],
            .partnershipApplied,
            about: "partnership:\(id)",
            PartnershipRequest(partnership, nil),
            trace: trace
        )
        if status == .approved {
            try tx.notices.tell(
                [publisher],
                .partnershipApproved,
                about: "partnership:\(id)",
                PartnershipOutput(partnership: partnership),
                trace: trace
            )
        }
        return partnership
    }

    /// Throws `partnershipNotFound`, `partnershipNotPending`.
    func cancel(_ id: PartnershipID, by caller: Caller) async throws -> Partnership {
        try await self.database.write { tx in
            let partnership = try tx.partnerships.require(id, of: caller.identity)
            guard partnership.status == .pending else { throw AffiliateProblems.partnershipNotPending }
            try tx.partnerships.update(partnership, status: .cancelled)
            return try tx.partnerships.find(id) ?? partnership
        }
    }

    enum Decision: String, Sendable, CaseIterable {
        case approve, reject, suspend, reinstate

        fileprivate func status(from present: Partnership.Status) -> Partnership.Status? {
            switch (self, present) {
            case (.approve, .pending), (.approve, .rejected), (.approve, .approved): .approved
            case (.reject, .pending), (.reject, .rejected): .rejected
            case (.suspend, .approved), (.suspend, .suspended): .suspended
            case (.reinstate, .suspended): .approved
            default: nil
            }
        }

        fileprivate var notice: NoticeType {
            switch self {
            case .approve, .reinstate: .partnershipApproved
            case .reject: .partnershipRejected
            case .suspend: .partnershipSuspended
            }
        }
    }

    /// The same decision again changes nothing. Throws `partnershipNotFound`, `partnershipDecision`.
    func decide(_ id: PartnershipID, _ decision: Decision, reason: String?, by caller: Caller, trace: Trace)
        async throws
        -> Partnership
    {
        try await self.database.write { tx in
            let partnership = try tx.partnerships.require(id, ofAdvertiser: caller.identity)
            guard let status = decision.status(from: partnership.status) else {
                throw AffiliateProblems.partnershipDecision
            }
            guard status != partnership.status else { return partnership }
            try tx.partnerships.update(partnership, status: status, reason: reason)
            let decided = try tx.partnerships.find(id) ?? partnership
            try tx.notices.tell(
                [partnership.publisher],
                decision.notice,
                about: "partnership:\(id)",
                PartnershipOutput(partnership: decided),
                trace: trace
            )
            return decided
        }
    }
}
