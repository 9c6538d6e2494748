import Kernel
import Platform
import Storage
import Web

/// How publishers become partners.
struct PartnershipActions: Sendable {
    let database: any Database
    let service: PartnershipService

    var actions: [Action] {
        [
            Action("publisher.partnerships_apply", self.apply),
            Action("publisher.partnerships_cancel", self.cancel),
            Action("publisher.partnerships_list", self.list),
        ]
    }

    struct ListInput: Input {
        let status: Partnership.Status?
        let paging: Paging

        init(_ read: inout InputReader) {
            let statuses = Partnership.Status.listed.map(\.rawValue)
            self.status = read.optionalBody(
                "status",
                .string,
                statuses.joined(separator: " / "),
                .oneOf(statuses)
            ).flatMap { Partnership.Status(rawValue: $0) }
            self.paging = Paging(&read)
        }
    }

    var apply: Operation<ProgramInput, PartnershipOutput> {
        Operation("Apply to a program; some approve at once", access: .publisher, effect: .write) {
            input,
            caller,
            call in
            PartnershipOutput(partnership: try await self.service.apply(input.id, by: caller, trace: call.trace))
        }
        .refusing(AffiliateProblems.partnershipExists, AffiliateProblems.applicationTooSoon(until: "2026-12-01"))
    }

    var cancel: Operation<PartnershipInput, PartnershipOutput> {
        Operation("Take a pending application back", access: .publisher, effect: .write) { input, caller, _ in
            PartnershipOutput(partnership: try await self.service.cancel(input.id, by: caller))
        }
        .refusing(AffiliateProblems.partnershipNotFound, AffiliateProblems.partnershipNotPending)
    }

    var list: Operation<ListInput, NumberedPage<PartnershipOutput>> {
        Operation("Your partnerships with their tracking codes, newest first", access: .publisher) { input, caller, _ in
            let publisher = caller.identity
            return try await self.database.read { tx in
                let (found, total) = try tx.partnerships.list(
                    of: publisher,
                    input.status,
                    limit: input.paging.limit,
                    offset: input.paging.offset
                )
                return input.paging.page(found.map { PartnershipOutput(partnership: $0) }, total: total)
            }
        }
    }
}

struct PartnershipInput: Input {
    let id: PartnershipID
    init(_ read: inout InputReader) { self.id = NumericID(read.body("partnership_id", .integer, "Partnership ID")) }
}

extension PartnershipOutput: PagedItem {
    static let listName = "partnerships"
    static let listSummary = "Newest first"
}
