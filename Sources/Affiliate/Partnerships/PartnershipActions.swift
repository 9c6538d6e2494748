import Kernel
import Platform
import Storage
import Web

/// How publishers become partners and get their links.
struct PartnershipActions: Sendable {
    let database: any Database
    let service: PartnershipService
    let links: Links

    var actions: [Action] {
        [
            Action(
                "publisher.partnerships_apply",
                "Apply to a programme; some approve at once",
                .publisher,
                .write,
                example: PartnershipOutput.example,
                optional: PartnershipOutput.optionalFields,
                self.apply
            ),
            Action(
                "publisher.partnerships_cancel",
                "Take a pending application back",
                .publisher,
                .write,
                example: PartnershipOutput.example,
                optional: PartnershipOutput.optionalFields,
                self.cancel
            ),
            Action(
                "publisher.partnerships_list",
                "Your partnerships with their tracking codes, newest first",
                .publisher,
                example: JSONValue.object(Paging.example).adding(["partnerships": [PartnershipOutput.example]]),
                optional: PartnershipOutput.optionalFields,
                self.list
            ),
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
                self.selfBack
            ),
        ]
    }

    private struct PartnershipInput: Input {
        let id: Int64
        init(_ read: inout InputReader) { self.id = Int64(read.body("partnership_id", .integer, "Partnership ID")) }
    }

    private struct ListInput: Input {
        let status: Partnership.Status?
        let paging: Paging

        init(_ read: inout InputReader) {
            let statuses = Partnership.Status.listed.map(\.rawValue)
            self.status = read.optionalBody(
                "status",
                .string,
                statuses.joined(separator: " / "),
                .oneOf(statuses, "status must be one of \(statuses.joined(separator: ", "))")
            ).flatMap { Partnership.Status(rawValue: $0) }
            self.paging = Paging(&read)
        }
    }

    @Sendable private func apply(_ input: ProgramActions.ProgramInput, _ call: Call) async throws -> JSONValue {
        PartnershipOutput.json(
            try await self.service.apply(input.id, by: try call.requireCaller(), trace: call.trace)
        )
    }

    @Sendable private func cancel(_ input: PartnershipInput, _ call: Call) async throws -> JSONValue {
        PartnershipOutput.json(try await self.service.cancel(input.id, by: try call.requireCaller()))
    }

    @Sendable private func list(_ input: ListInput, _ call: Call) async throws -> JSONValue {
        let publisher = try call.requireCaller().identity
        return try await self.database.read { tx in
            let (found, total) = try tx.partnerships.list(
                of: publisher,
                input.status,
                limit: input.paging.limit,
                offset: input.paging.offset
            )
            return JSONValue.object(input.paging.json(total: total)).adding([
                "partnerships": .array(found.map(PartnershipOutput.json))
            ])
        }
    }

    @Sendable private func generate(_ input: PartnershipInput, _ call: Call) async throws -> JSONValue {
        let publisher = try call.requireCaller().identity
        return try await self.database.read { tx in
            let partnership = try tx.partnerships.require(input.id, of: publisher)
            guard partnership.status == .approved else { throw AffiliateProblems.partnershipNotApproved }
            return self.links.json(partnership, try tx.programs.listCreatives(of: partnership.program))
        }
    }

    @Sendable private func selfBack(_ input: ProgramActions.ProgramInput, _ call: Call) async throws -> JSONValue {
        let done = try await self.service.selfBack(input.id, by: try call.requireCaller(), trace: call.trace)
        return [
            "partnership_id": .integer(done.partnership.id), "id": .integer(done.partnership.id),
            "program_id": .integer(done.partnership.program), "status": .string(done.partnership.status.rawValue),
            "tracking_code": .string(done.partnership.trackingCode),
            "click_id": done.click.map { .integer($0) } ?? .null,
            "redirect_url": .text(done.click.map { self.links.landing(done.landingURL, click: $0) }),
        ]
    }
}
