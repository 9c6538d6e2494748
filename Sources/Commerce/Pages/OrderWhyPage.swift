import Kernel
import Ledger
import Platform
import Storage
import Web

/// Why an order belongs to whom it does: from the money back to the sentence.
struct OrderWhyPage: Sendable {
    let routes: OrderRoutes

    var page: ConsolePage {
        ConsolePage(
            path: "/operator/orders/{merchantId}/{orderId}",
            summary: "Why an order counts",
            roles: [.supply],
            show: self.show
        )
    }

    private static let template = CommerceConsole.template(
        PageParts.heading + """
            {{#why}}<ol class="steps">
            {{#intent}}<li><strong>[[the_shopper_said]]</strong> “{{raw_query}}” <span class="soft">{{at}} {{zone}} · <span class="id">{{intent_id}}</span></span></li>{{/intent}}
            {{#card}}<li><strong>[[a_card_was_shown]]</strong> <a href="{{base}}/p/{{product_id}}">{{product_id}}</a>{{#channel}} · {{channel}}{{/channel}} <span class="soft">{{at}} · <span class="id">{{rec_id}}</span></span></li>{{/card}}
            {{#click}}<li><strong>[[the_link_was_followed]]</strong> <span class="soft">{{at}} · {{click_id}}</span></li>{{/click}}
            {{#order}}<li><strong>[[it_was_ordered]]</strong> {{amount}} {{currency}} <span class="soft">{{occurred_at}} · {{merchant_id}}</span></li>{{/order}}</ol>{{/why}}
            <p>{{reason}}</p>
            """
            + PageParts.table(
                "[[reports]]",
                of: "reports",
                empty: "[[nothing_has_happened_yet]]",
                [
                    .init("[[state]]", "{{status_text}}", .heading), .init("[[amount]]", "{{amount}}", .number),
                    .init("[[at_zone]]", "{{occurred_at}}"),
                ]
            )
            + PageParts.table(
                "[[transfers]]",
                of: "transfers",
                empty: "[[no_money_was_moved]]",
                [
                    .init("[[transfer]]", "<span class=\"id\">{{reference}}</span>", .heading),
                    .init("[[kind]]", "{{kind_text}}"), .init("[[amount]]", "{{amount}}", .number),
                ]
            )
    )

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let why = try await request.ask(
            self.routes.why,
            ["merchant_id": .string(request.parameter("merchantId")), "orderId": .string(request.parameter("orderId"))]
        )
        return PageContent(
            request.say("order_named", ["order": request.parameter("orderId")]),
            Self.template,
            request,
            [
                "why": why, "reason": request.say("attribution.\(why.order.order.reason.code)"),
                "reports": request.rows(why.reports) { _ in [:] },
                "transfers": request.rows(why.transfers) {
                    ["kind_text": request.say("transfer_kind.\($0.transfer.origin.kind)")]
                },
            ]
        )
    }
}
