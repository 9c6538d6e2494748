import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Merchants as the operator opens and sees them.
struct MerchantRoutes: Sendable {
    static let tag = "Merchants"

    let database: any Database
    let service: MerchantService
    let secrets: SecretBox

    var endpoints: [Endpoint] {
        [
            self.create.endpoint("/v1/merchants", tag: Self.tag, secrets: self.secrets),
            Endpoint(.get, "/v1/merchants", tag: Self.tag, self.list),
        ]
    }

    struct CreateInput: Input {
        let id: String
        let terms: Merchant.Terms

        init(_ read: inout InputReader) {
            self.id = read.body(
                "merchant_id",
                .string,
                "3 to 64 of a-z, 0-9, dot, underscore and hyphen",
                Rule(FieldRule("merchant_id"), schema: ["pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$"]) {
                    Merchant.isID($0.lowercased())
                }
            ).lowercased()
            var terms = Merchant.Terms()
            terms.linkParameter = read.body(
                "link_parameter",
                .string,
                default: "rec_id",
                json: "rec_id",
                "The parameter of links that carries a recommendation's id",
                Rule(FieldRule("link_parameter"), schema: ["pattern": "^[A-Za-z0-9._-]{1,40}$"]) {
                    MerchantService.isParameter($0)
                }
            )
            terms.linkHosts =
                read.optionalBody(
                    "link_hosts",
                    .strings,
                    "Hosts that links may lead to; any without it",
                    .atMost(50, ofLength: 255, of: "tags")
                ) ?? []
            terms.windowDays = read.optionalBody(
                "window_days",
                .integer,
                "Days after a click in which an order counts; `commerce_attribution_days` (30) without it",
                .range(1...90)
            )
            terms.rateBasisPoints = read.body(
                "rate_bps",
                .integer,
                default: 0,
                json: 0,
                "What an order costs, in hundredths of a percent",
                .range(0...10_000)
            )
            terms.creatorBasisPoints = read.body(
                "creator_bps",
                .integer,
                default: 0,
                json: 0,
                "The creator's part of it, in hundredths of a percent",
                .range(0...10_000)
            )
            self.terms = terms
        }
    }

    var create: Creation<CreateInput, Caller, MerchantOpened> {
        Creation(
            "Open a merchant",
            access: .supply,
            refusing: [
                CommerceProblems.insufficientScope, CommerceProblems.merchantTermsInvalid,
                CommerceProblems.merchantExists,
            ]
        ) { input, caller, call, once in
            MerchantOpened(
                opened: try await self.service.create(
                    input.id,
                    input.terms,
                    actor: caller.credential,
                    trace: call.trace,
                    first: { tx in
                        try tx.merchants.scope(of: caller).requireAll()
                        try once?.begin(in: tx)
                    },
                    last: { opened, tx in try once?.keep(201, MerchantOpened(opened: opened), in: tx) }
                )
            )
        }
    }

    var list: Operation<NoInput, MerchantList> {
        Operation("List merchants", access: .supply) { _, caller, _ in
            let merchants = try await self.database.read { tx in
                try tx.merchants.list(in: tx.merchants.scope(of: caller))
            }
            return MerchantList(merchants: merchants.map { MerchantOutput(merchant: $0) })
        }
    }
}

struct MerchantOutput: Answer {
    let merchant: Merchant

    static let members: [Member<Self>] = [
        Member("merchant_id", \.merchant.id, "The merchant", example: "souk-demo"),
        Member(
            "link_parameter",
            \.merchant.linkParameter,
            "The parameter of links that carries a recommendation's id",
            example: "rec_id"
        ),
        Member("link_hosts", \.merchant.linkHosts, "Hosts that links may lead to; any when empty", example: []),
        Member("window_days", \.merchant.windowDays, "Days after a click in which an order counts", example: 30),
        Member("rate_bps", \.merchant.rateBasisPoints, "What an order costs, in hundredths of a percent", example: 800),
        Member(
            "creator_bps",
            \.merchant.creatorBasisPoints,
            "The creator's part of it, in hundredths of a percent",
            example: 5000
        ),
        Member("created_at", { $0.merchant.createdAt.utc }, "When it was opened"),
    ]
}

struct MerchantList: Answer {
    let merchants: [MerchantOutput]

    static let members: [Member<Self>] = [
        Member("count", \.merchants.count, "How many there are"),
        Member("merchants", \.merchants, "By id"),
    ]
}

struct MerchantOpened: Answer {
    let opened: MerchantService.Opened

    static let members: [Member<Self>] = [
        Member("merchant", { MerchantOutput(merchant: $0.opened.merchant) }, "The merchant"),
        Member("registration_token", \.opened.token, "Its token, for X-Merchant-Token; shown once", example: "mrt_…"),
        Member(
            "webhook_secret",
            \.opened.webhookSecret,
            "Signs what it reports; shown once",
            example: "whsec_…"
        ),
    ]
}
