import Web

/// What commerce's document says beside its operations.
enum CommerceGuide {
    static let guide = DocumentGuide(
        tags: [
            ("Recommend", "From a shopper's sentence to cards, and what has become of them."),
            ("Intents", "Sentences that were submitted, with what was understood of them."),
            ("Cards", "Cards as they were shown, cards of single products, and what creators have sold."),
            ("Links", "Short links that lead to the shop."),
            ("Orders", "Orders, as the shop reports them, and why each belongs to whom it does."),
            ("Report", "Clicks, orders and commission by day and by who brought them."),
            ("Merchants", "Merchants, for the operator."),
            ("Catalogue", "Import feeds of products."),
            ("Developers", "Accounts, invites, keys and the request log."),
            ("Documents", "What agents read first: the agent card, the skill, the protocols, this document."),
        ],
        names: [
            "GET /v1/recommend": "recommend", "GET /v1/report/attribution": "getAttributionReport",
        ],
        introduction: """
            ## Keys

            A developer's key comes as `Authorization: Bearer {key}`, a supply key in `X-Supply-Key`, and a merchant's token in `X-Merchant-Token`. Each operation says
            which one it takes.

            ## From a sentence to an order

            1. `GET /v1/recommend?intent=…` answers cards, with what was understood of the sentence.
            2. A card's short link leads to the shop, and remembers who brought the shopper.
            3. The shop reports the order (`POST /v1/orders`), and the commission is counted.
            """
    )
}
