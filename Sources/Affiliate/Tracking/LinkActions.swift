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
            Action(
                "publisher.links_generate",
                "Tracking links as URL, HTML and JavaScript, with the disclosure that goes with them",
                .publisher,
                example: Links.example,
                optional: ["text", "url", "width", "height", "price"],
                self.generate
            ),
            Action(
                "publisher.selfback_apply",
                "Self-back: partnership, click and landing page in one; once per programme",
                .publisher,
                .write,
                example: [
                    "partnership_id": 15, "id": 15, "program_id": 42, "status": "approved",
                    "tracking_code": "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4", "click_id": 123,
                    "redirect_url": "https://shop.example.com/?souk_click=123-0123456789abcdef",
                ],
                optional: ["click_id", "redirect_url"],
                self.applyForSelfBack
            ),
        ]
    }

    @Sendable private func generate(_ input: PartnershipInput, _ caller: Caller, _ call: Call) async throws -> JSONValue
    {
        let publisher = caller.identity
        return try await self.database.read { tx in
            let partnership = try tx.partnerships.require(input.id, of: publisher)
            guard partnership.status == .approved else { throw AffiliateProblems.partnershipNotApproved }
            return self.links.json(partnership, try tx.programs.listCreatives(of: partnership.program))
        }
    }

    @Sendable private func applyForSelfBack(_ input: ProgramInput, _ caller: Caller, _ call: Call) async throws
        -> JSONValue
    {
        let done = try await self.selfBack.apply(input.id, by: caller, trace: call.trace)
        return [
            "partnership_id": .integer(done.partnership.id), "id": .integer(done.partnership.id),
            "program_id": .integer(done.partnership.program), "status": .string(done.partnership.status.rawValue),
            "tracking_code": .string(done.partnership.trackingCode),
            "click_id": done.click.map { .integer($0) } ?? .null,
            "redirect_url": .text(done.click.map { self.links.landing(done.landingURL, click: $0) }),
        ]
    }
}
