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
            Action(
                "publisher.partnerships_apply",
                "Apply to a program; some approve at once",
                .publisher,
                effect: .write,
                self.apply
            ),
            Action(
                "publisher.partnerships_cancel",
                "Take a pending application back",
                .publisher,
                effect: .write,
                self.cancel
            ),
            Action(
                "publisher.partnerships_list",
                "Your partnerships with their tracking codes, newest first",
                .publisher,
                self.list
            ),
        ]
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

    @Sendable private func apply(_ input: ProgramInput, _ caller: Caller, _ call: Call) async throws
        -> PartnershipOutput
    {
        PartnershipOutput(partnership: try await self.service.apply(input.id, by: caller, trace: call.trace))
    }

    @Sendable private func cancel(_ input: PartnershipInput, _ caller: Caller, _: Call) async throws
        -> PartnershipOutput
    {
        PartnershipOutput(partnership: try await self.service.cancel(input.id, by: caller))
    }

    @Sendable private func list(_ input: ListInput, _ caller: Caller, _: Call) async throws
        -> NumberedPage<PartnershipOutput>
    {
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

struct PartnershipInput: Input {
    let id: Int64
    init(_ read: inout InputReader) { self.id = Int64(read.body("partnership_id", .integer, "Partnership ID")) }
}

extension PartnershipOutput: PagedItem {
    static let listName = "partnerships"
    static let listSummary = "Newest first"
}
