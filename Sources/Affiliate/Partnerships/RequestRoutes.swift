import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What advertisers see of those who apply, and decide.
struct RequestRoutes: Sendable {
    private static let tag = "Partnerships"

    let database: any Database
    let service: PartnershipService

    var endpoints: [Endpoint] {
        let path = "/api/v1/partnerships"
        let decisions = PartnershipService.Decision.allCases.map { decision in
            Endpoint.affiliate(
                .post,
                "\(path)/{partnership_id}/\(decision.rawValue)",
                tag: Self.tag,
                self.decide(decision)
            )
        }
        return [
            .affiliate(.get, path, tag: Self.tag, self.list)
        ] + decisions + [
            .affiliate(.get, "\(path)/{partnership_id}", tag: Self.tag, self.get)
        ]
    }

    struct DecisionInput: Input {
        let id: PartnershipID
        let reason: String?

        init(_ read: inout InputReader) {
            self.id = read.number("partnership_id", "Partnership ID")
            self.reason = read.optionalBody(
                "reason",
                .string,
                "What the publisher is told",
                .atMost(500)
            )
        }
    }

    func decide(_ decision: PartnershipService.Decision) -> Operation<DecisionInput, PartnershipRequest> {
        let verb = decision.rawValue.prefix(1).uppercased() + decision.rawValue.dropFirst()
        return Operation("\(verb) a partnership", access: .roles(.advertisers), effect: .write) { input, caller, call in
            let decided = try await self.service.decide(
                input.id,
                decision,
                reason: input.reason,
                by: caller,
                trace: call.trace
            )
            return PartnershipRequest(decided, nil)
        }
        .refusing(AffiliateProblems.partnershipNotFound, AffiliateProblems.partnershipDecision)
    }

    struct PartnershipPath: Input {
        let id: PartnershipID
        init(_ read: inout InputReader) { self.id = read.number("partnership_id", "Partnership ID") }
    }

    var get: Operation<PartnershipPath, OneOf<PartnershipOutput, PartnershipRequest>> {
        Operation(
            "Get a partnership: mine, or with one of my programs",
            access: .roles(Set<Role>.publishers.union(Set<Role>.advertisers))
        ) { input, caller, _ in
            return try await self.database.read { tx in
                guard caller.has(AffiliateRole.advertiser) else {
                    let own = try tx.partnerships.require(input.id, of: caller.identity)
                    return .first(PartnershipOutput(partnership: own))
                }
                let partnership = try tx.partnerships.require(input.id, ofAdvertiser: caller.identity)
                return .second(PartnershipRequest(partnership, try tx.affiliateAccounts.find(partnership.publisher)))
            }
        }
        .refusing(AffiliateProblems.partnershipNotFound)
    }

    struct ListInput: Input {
        let status: Partnership.Status?
        let paging: CursorPaging

        init(_ read: inout InputReader) {
            let statuses = Partnership.Status.listed.map(\.rawValue)
            self.status = read.query(
                "status",
                .string,
                statuses.joined(separator: " / "),
                .oneOf(statuses)
            ).flatMap { Partnership.Status(rawValue: $0) }
            self.paging = CursorPaging(&read)
        }
    }

    var list: Operation<ListInput, CursorList<PartnershipRequest>> {
        Operation("List partnerships with my programs", access: .roles(.advertisers)) { input, caller, _ in
            let advertiser = caller.identity
            return try await self.database.read { tx in
                let page = try tx.partnerships.list(
                    ofAdvertiser: advertiser,
                    input.status,
                    after: input.paging.cursor,
                    limit: input.paging.limit
                )
                return try CursorList(page) { PartnershipRequest($0, try tx.affiliateAccounts.find($0.publisher)) }
            }
        }
    }
}

extension PartnershipRequest: Listed {
    static let listName = "partnerships"
    static let listSummary = "Newest first"
}
