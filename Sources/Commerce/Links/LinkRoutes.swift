import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What shoppers open: the short link of a card.
struct LinkRoutes: Sendable {
    let clicks: ClickService
    /// What somebody sees whose link leads nowhere any more.
    let gone: @Sendable (Call) async throws -> Response

    private static let destination = HTTPField.Name(Visit.destinationHeader)!
    private static let purposes = Visit.purposeHeaders.map { HTTPField.Name($0)! }

    var endpoints: [Endpoint] {
        [
            self.endpoint(.get, isHead: false).refusingHead(), self.endpoint(.head, isHead: true),
        ]
    }

    private func endpoint(_ method: HTTPRequest.Method, isHead: Bool) -> Endpoint {
        Endpoint(
            raw: method,
            "/r/{recId}",
            isHead ? "See where a card leads, without a click" : "Record a click and go on to the shop",
            tag: "Links",
            access: .open,
            inputs: [
                FieldDescription(
                    "recId",
                    .path,
                    isRequired: true,
                    schema: ["type": "string"],
                    summary: "The recommendation"
                ),
                FieldDescription(
                    "v",
                    .query,
                    isRequired: false,
                    schema: ["type": "string"],
                    summary: "The video whose button was pressed"
                ),
            ],
            answers: [
                AnswerDescription(status: .found, summary: "To the shop, with the recommendation's id"),
                AnswerDescription(
                    status: .notFound,
                    summary: "No such card, or its product was withdrawn",
                    mediaType: "text/html"
                ).orAs("application/json"),
            ]
        ) { call in
            let headers = call.request.headers
            let visitor = ClickService.Visitor(
                address: call.context.clientAddress,
                userAgent: headers[.userAgent],
                isHead: isHead,
                isVisit: Visit.isMade(
                    destination: headers[Self.destination],
                    purposes: Self.purposes.flatMap { headers[values: $0] }
                )
            )
            let id: ID<Recommendation> = call.pathID("recId")
            let video = call.request.uri.query == nil ? nil : call.request.uri.fields["v"].map(String.init)
            guard let url = try await self.clicks.follow(id, video: video, visitor, trace: call.trace) else {
                return try await self.gone(call)
            }
            return Response(status: .found, headers: [.location: url, .cacheControl: "no-store"])
        }
    }
}
