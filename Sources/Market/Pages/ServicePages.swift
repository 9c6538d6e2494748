import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Web

/// A service's own page: what it is, how to call it, and a form that does.
struct ServicePages: Sendable {
    /// Longer answers are not shown.
    private static let shownLimit = 256 * 1024
    private static let path = "/services/{service_id}"
    private static let verbs: [HTTPRequest.Method] = [.post, .get, .put, .patch, .delete]

    let cache: ListingCache
    /// The proxy's, one for each method.
    let proxy: [Endpoint]
    let console: Console
    /// What the operator offers to pay over.
    let methods: [PaymentMethod]
    let ids: IDGenerator
    let publicURL: String

    var endpoints: [Endpoint] {
        [
            self.console.endpoint(open: Self.path, "A service") { call, request in
                try await self.show(
                    call.pathID("service_id"),
                    request,
                    base: call.base(of: MarketContract.shared),
                    request?.language ?? self.console.language(of: call)
                )
            }
        ] + self.console.endpoints([self.tryPage])
    }

    /// Whoever comes back to the address of the form, by a reload or by signing in, gets the form again.
    private var tryPage: ConsolePage {
        ConsolePage(
            path: Self.path + "/try",
            summary: "Try a service",
            roles: nil,
            show: { try await self.show($0.call.pathID("service_id"), $0, base: $0.base, $0.language) },
            forms: [ConsoleForm(path: Self.path + "/try", summary: "Call a service from its page", perform: self.call)]
        )
    }

    private static let template = Template(
        PageParts.heading + """
            <p>{{description}}</p>
            <dl class="facts"><dt>[[price_of_a_call]]</dt><dd>{{price}} USDC{{#free}} · [[the_first_free]]{{/free}}</dd>
            <dt>[[paid_over]]</dt><dd>{{#method}}{{method}} / {{/method}}[[the_prepaid_balance]]</dd><dt>[[provider]]</dt><dd>{{provider}}</dd>
            {{#category}}<dt>[[category]]</dt><dd><a href="{{base}}/?category={{categoryEncoded}}">{{category}}</a></dd>{{/category}}
            {{#hasTags}}<dt>[[tags]]</dt><dd>{{#tags}}{{.}} {{/tags}}</dd>{{/hasTags}}
            <dt>[[state]]</dt><dd><span class="state state-{{status}}">{{status_text}}</span></dd><dt>ID</dt><dd class="id">{{id}}</dd></dl>
            <section aria-labelledby="curl"><h2 id="curl">[[call_it]]</h2><pre tabindex="0"><code>{{curl}}</code></pre></section>
            <section aria-labelledby="try"><h2 id="try">[[try_it_here]]</h2>
            {{^isSignedIn}}<p class="empty"><a href="{{signIn}}">[[sign_in_to_call]]</a></p>{{/isSignedIn}}
            {{#isSignedIn}}{{^isActive}}<p class="empty">[[it_is_and_cannot_be_called]]</p>{{/isActive}}{{#isActive}}<p class="soft">[[this_is_a_real_call]]</p>
            <form method="post" action="{{base}}/services/{{id}}/try#answer">{{{token}}}<input type="hidden" name="once" value="{{once}}"><input type="hidden" name="price" value="{{price}}">
            <div class="fields"><p><label for="method">[[method]]</label><br><select id="method" name="method">{{#methods}}\(PageParts.option){{/methods}}</select></p>
            <p><label for="path">[[path_below_the_service]]</label><br><input id="path" name="path" value="{{form.path}}" placeholder="/"></p>
            <p><label for="content_type">[[content_type]]</label><br><input id="content_type" name="content_type" value="{{contentType}}"></p></div>
            <p><label for="body">[[body]]</label><br><textarea id="body" name="body">{{body}}</textarea></p>
            <p><button>[[call_for_usdc]]</button></p></form>{{/isActive}}{{/isSignedIn}}</section>
            {{#answer}}<section aria-labelledby="answer"><h2 id="answer" tabindex="-1">[[answer]]</h2>
            <dl class="facts"><dt>[[paid]]</dt><dd>{{amount}} USDC{{#isFree}}, [[a_free_call]]{{/isFree}}</dd><dt>[[latency]]</dt><dd>{{latency}} ms</dd><dt>[[type]]</dt><dd>{{type}}</dd><dt>[[usage_record]]</dt><dd class="id">{{usage}}</dd></dl>
            {{#text}}<pre tabindex="0"><code>{{text}}</code></pre>{{/text}}{{^text}}<p class="empty">{{nothing}}</p>{{/text}}</section>{{/answer}}
            """,
        MarketWords.all
    )

    private func show(
        _ id: ID<Listing>,
        _ request: PageRequest?,
        base: String,
        _ language: Language,
        answer: [String: Any]? = nil
    ) async throws
        -> PageContent
    {
        let listing = try await self.cache.require(id).listing
        let form = request?.form ?? .none
        let isSent = !form.names.isEmpty
        var values: [String: Any] = request?.values ?? ["base": base]
        values["title"] = listing.name
        values["isSignedIn"] = request == nil ? nil : true
        values["description"] = listing.description
        values["price"] = listing.price.text
        values["free"] = listing.freeTierCalls > 0 ? "\(listing.freeTierCalls)" : nil
        let method = MarketWords.all.value("payment_method", listing.paymentMethod.rawValue, in: language)
        values["method"] = self.methods.contains(listing.paymentMethod) ? method : nil
        values["provider"] = listing.providerName
        values["category"] = listing.category.isEmpty ? nil : listing.category
        values["categoryEncoded"] = HTML.percentEncode(listing.category)
        values["hasTags"] = !listing.tags.isEmpty
        values["tags"] = listing.tags
        values["status"] = listing.status.rawValue
        values["status_text"] = MarketWords.all.value("status", listing.status.rawValue, in: language)
        values["isActive"] = listing.status == .active
        values["once"] = self.ids.uuid()
        values["id"] = listing.id.text
        values["signIn"] = "\(base)/sign-in?next=\(HTML.percentEncode("\(base)/services/\(listing.id.text)"))"
        values["curl"] = MarketPage.curl(listing, self.publicURL)
        values["methods"] = PageParts.options(
            Self.verbs.map { ($0.rawValue, $0.rawValue) },
            chosen: form["method"]
        )
        values["contentType"] = isSent ? form["content_type"] : "application/json"
        values["body"] = isSent ? form["body"] : "{\"text\": \"Hello from the market.\"}"
        values["answer"] = answer
        return PageContent(listing.name, Self.template.render(values, in: language))
    }

    /// Of a longer answer no more is read.
    private static let readLimit = 1 << 20

    @Sendable private func call(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let id: ID<Listing> = request.call.pathID("service_id")
        let method = request.form["method"]
        let type = request.form["content_type"].trimmed
        guard let endpoint = self.proxy.first(where: { $0.method.rawValue.bytewise.equals(method) }),
            Self.verbs.contains(endpoint.method)
        else { throw MarketProblems.tryMethod }
        // What the button said is what is paid.
        let listing = try await self.cache.require(id).listing
        guard request.form["price"].bytewise.equals(listing.price.text) else {
            throw MarketProblems.tryPrice(listing.price.text)
        }
        guard type.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) else { throw MarketProblems.tryContentType }
        let path = Self.encoded(request.form["path"])
        // A reload of the answer is the same call, and is paid once.
        var headers: HTTPFields = request.form["once"].isEmpty ? [:] : [.idempotencyKey: request.form["once"]]
        let hasBody = endpoint.method != .get && !request.form["body"].isEmpty
        if hasBody, !type.isEmpty { headers[.contentType] = type }
        let response = try await request.respond(
            to: endpoint,
            ["service_id": id.text],
            headers: headers,
            body: hasBody ? ByteBuffer(string: request.form["body"]) : nil,
            rest: path.isEmpty || path.bytewise.starts(with: "/") ? path : "/\(path)"
        )
        let (body, length): (ByteBuffer, Int)
        do { (body, length) = try await response.collect(keeping: Self.shownLimit, most: Self.readLimit) } catch
            where !(error is Problem || error is CancellationError)
        {
            throw MarketProblems.providerUnreachable
        }
        return .show(
            try await self.show(
                id,
                request,
                base: request.base,
                request.language,
                answer: Self.answer(response, body, length, request)
            )
        )
    }

    /// A path as people type it: what has no place in an address is encoded, and what is encoded already stays.
    private static func encoded(_ path: String) -> String {
        path.utf8.map { byte in
            byte > 32 && byte < 127 && !Array("#\"<>\\^`{|}".utf8).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + [byte].hex.uppercased()
        }.joined()
    }

    private static func answer(_ response: Response, _ body: ByteBuffer, _ length: Int, _ request: PageRequest)
        -> [String: Any]
    {
        var answer: [String: Any] = [
            "status": "\(response.status.code)", "amount": response.headers[.amount] ?? "0",
            "isFree": response.headers[.freeTier] == "true", "latency": response.headers[.latency] ?? "",
            "type": response.headers[.contentType] ?? "–", "usage": response.headers[.usageID] ?? "",
            "nothing": length == 0 ? request.say("no_body") : request.say("bytes_not_shown", ["count": "\(length)"]),
        ]
        let text = String(validating: body.readableBytesView, as: UTF8.self)
        if let text, !text.isEmpty, length <= Self.shownLimit { answer["text"] = text }
        return answer
    }
}
