/// How the parts of commerce work together, for developers: what exists, and what is to come.
enum ProtocolDocument: String, CaseIterable {
    case intentMatching = "INTENT_MATCHING_PROTOCOL"
    case experience = "EXPERIENCE_COMMERCE_PROTOCOL"
    case runtime = "COMMERCE_RUNTIME_LAYER"

    var title: String {
        switch self {
        case .intentMatching: "Intent Matching Protocol"
        case .experience: "Experience Commerce Protocol"
        case .runtime: "Commerce Runtime Layer"
        }
    }

    func markdown(publicURL: String) -> String {
        switch self {
        case .intentMatching: Self.matching(publicURL)
        case .experience: Self.notYet(self.title, "scenes, previews and decisions around a recommendation", publicURL)
        case .runtime: Self.notYet(self.title, "one call that runs the whole loop from an intent to a token", publicURL)
        }
    }

    private static func matching(_ publicURL: String) -> String {
        """
        # Intent Matching Protocol, version 0.2

        A shopper's agent says what is wanted. The server reads it, ranks what merchants offer, and keeps what it showed. The base address is `\(publicURL)`.

        ## The objects

        | object | id | what it is |
        | --- | --- | --- |
        | intent | `int_…` | what a shopper wants: the sentence, and what was understood of it |
        | proposal | `prp_…` | what a merchant offers for it |
        | match session | `ms_…` | one ranking of proposals, as it was shown |
        | recommendation | `rec_…` | one card of a session; its link is followed, and its id comes back with the order |

        ## 1. Say what is wanted

        An intent is stored first, or comes with the question.

            curl '\(publicURL)/v1/intents' -H "Authorization: Bearer $SOUK_KEY" -d '{"raw_query": "wireless mouse under $30"}'

        A limit of price or region is kept to the letter; what is only preferred moves the ranking. `resolution_summary` says in a line what was understood.

        ## 2. Ask

            curl -G '\(publicURL)/v1/recommend' --data-urlencode 'intent=wireless mouse under $30' -H "Authorization: Bearer $SOUK_KEY"

        Candidates come from the search over the catalogue. `match_tier` says how closely the best one meets the words: `raw_substring`, `strict`, `narrow`, `fuzzy`, `broadened` or `none`.
        `resolved_constraints` lists every piece that was understood, with the words that it came from.
        The score of a card has five factors: relevance, evidence, value for money, reputation and availability. A factor that is not known is named as unknown.
        Commission plays no part in the order.

        ## 3. Show the cards

        A card is read back byte for byte under its id. The link is given as it stands.

        ## 4. The order

        The shop gets the id of the recommendation with the visit, and reports the order with its own token:

            curl '\(publicURL)/v1/orders' -H "X-Merchant-Token: $MERCHANT_TOKEN" -d '{"order_id": "A-1", "status": "paid", "amount": "24.95", "currency": "USD", "occurred_at": "2026-11-29T12:00:00Z", "rec_id": "REC_ID"}'

        The same order may be reported again; it counts once. A refund has a `refund_id` of its own and takes its part of the commission back.

        ## What is to come

        Merchants' own proposals, match tokens and checkout are not part of this version of the server. The operations that exist stand in `\(publicURL)/openapi.json`.

        """
    }

    private static func notYet(_ title: String, _ what: String, _ publicURL: String) -> String {
        """
        # \(title)

        This layer is about \(what). This version of the server does not have it yet: no operation of it answers.

        What works today is the [Intent Matching Protocol](\(publicURL)/docs/INTENT_MATCHING_PROTOCOL.md), and every operation stands in [the OpenAPI document](\(publicURL)/openapi.json).

        """
    }
}
