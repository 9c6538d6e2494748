import Kernel
import Platform
import Storage

/// A publisher's own purchase, where its program allows it: once.
struct SelfBack: Sendable {
    let database: any Database
    let partnerships: PartnershipService
    let clicks: ClickService

    struct Done: Sendable {
        let partnership: Partnership
        /// Nil while the advertiser has not approved the partnership; then it is to be asked again.
        let click: ClickID?
        let landingURL: String
    }

    /// Partnership, click and landing page in one. Throws `programNotFound`, `noSelfBack`, `selfBackUsed`,
    /// `partnershipNotApproved`.
    func apply(_ program: ProgramID, by caller: Caller, trace: Trace) async throws -> Done {
        let code = self.partnerships.ids.bytes(16).hex
        return try await self.database.write { tx in
            let program = try tx.programs.requireActive(program)
            guard program.content.terms.allowsSelfBack else { throw AffiliateProblems.noSelfBack }
            let known = try tx.partnerships.find(program: program.id, of: caller.identity)
            let status: Partnership.Status = program.content.approvesAtOnce ? .approved : .pending
            let partnership =
                if let known, known.status != .cancelled { known } else {
                    try self.partnerships.begin(
                        program,
                        publisher: caller.identity,
                        status,
                        code: code,
                        trace: trace,
                        in: tx
                    )
                }
            guard partnership.status != .pending else {
                return Done(partnership: partnership, click: nil, landingURL: program.content.landingURL)
            }
            guard partnership.status == .approved else { throw AffiliateProblems.partnershipNotApproved }
            let click = try self.clicks.recordSelfBack(TrackingLink(partnership, program), trace: trace, in: tx)
            guard
                try tx.partnerships.insertSelfBack(program: program.id, publisher: caller.identity, click: click.id)
            else { throw AffiliateProblems.selfBackUsed }
            return Done(partnership: partnership, click: click.id, landingURL: program.content.landingURL)
        }
    }
}
