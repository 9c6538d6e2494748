import Kernel
import Platform
import Storage
import Web

/// How publishers get their links, and use their own.
struct LinkActions: Sendable {
    let database: any Database
    let selfBack: SelfBack
    let links: Links

    var actions: [Action] {
        [
            Action("publisher.links_generate", self.generate),
            Action("publisher.selfback_apply", self.applyForSelfBack),
        ]
    }

    var generate: Operation<PartnershipInput, PartnershipLinks> {
        Operation(
            "Tracking links as URL, HTML and JavaScript, with the disclosure that goes with them",
            access: .publisher
        ) { input, caller, _ in
            let publisher = caller.identity
            return try await self.database.read { tx in
                let partnership = try tx.partnerships.require(input.id, of: publisher)
                guard partnership.status == .approved else { throw AffiliateProblems.partnershipNotApproved }
                return self.links.all(partnership, try tx.programs.listCreatives(of: partnership.program))
            }
        }
        .refusing(AffiliateProblems.partnershipNotFound, AffiliateProblems.partnershipNotApproved)
    }

    struct SelfBackDone: Answer {
        let partnership: Partnership
        let click: ClickID?
        let landing: String?

        static let members: [Member<Self>] = [
            Member("partnership_id", \.partnership.id, "The partnership", example: 15),
            Member("id", \.partnership.id, "The same", example: 15),
            Member("program_id", \.partnership.program, "The program", example: 42),
            Member("status", \.partnership.status, "Its state", example: "approved"),
            Member(
                "tracking_code",
                \.partnership.trackingCode,
                "Stands in links and in reports of orders",
                example: "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"
            ),
            Member("click_id", \.click, "Your click; null until the partnership is approved", example: 123),
            Member(
                "redirect_url",
                \.landing,
                "Where to order",
                example: "https://shop.example.com/?souk_click=123-0123456789abcdef"
            ),
        ]
    }

    var applyForSelfBack: Operation<ProgramInput, SelfBackDone> {
        Operation(
            "Self-back: partnership, click and landing page in one; once per program",
            access: .publisher,
            effect: .write
        ) { input, caller, call in
            let done = try await self.selfBack.apply(input.id, by: caller, trace: call.trace)
            return SelfBackDone(
                partnership: done.partnership,
                click: done.click,
                landing: done.click.map { self.links.landing(done.landingURL, click: $0) }
            )
        }
        .refusing(AffiliateProblems.noSelfBack, AffiliateProblems.selfBackUsed)
    }
}
