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
    let workPlace: WorkPlace
    /// What the operator offers to pay over.
    let methods: [PaymentMethod]
    let ids: IDGenerator
    let publicURL: String

    var endpoints: [Endpoint] {
        [
            self.workPlace.endpoint(open: Self.path, "A service") { call, visit in
                try await self.show(call.pathID("service_id"), visit, base: call.base(of: MarketContract.shared))
            }
        ] + self.workPlace.endpoints([self.tryPage])
    }

    /// Whoever comes back to the address of the form, by a reload or by signing in, gets the form again.
    private var tryPage: WorkPage {
        WorkPage(
            path: Self.path + "/try",
            summary: "Try a service",
            roles: nil,
            show: { try await self.show($0.call.pathID("service_id"), $0, base: $0.base) },
            forms: [WorkForm(path: Self.path + "/try", summary: "Call a service from its page", perform: self.call)]
        )
    }

    private static let template = Template(
        PageParts.heading + """
            <p>{{description}}</p>
            <dl class="facts"><dt>Price of a call</dt><dd>{{price}} USDC{{#free}}, the first {{free}} free{{/free}}</dd>
            <dt>Paid over</dt><dd>{{#method}}{{method}}, or {{/method}}the prepaid balance</dd><dt>Provider</dt><dd>{{provider}}</dd>
            {{#category}}<dt>Category</dt><dd><a href="{{base}}/?category={{categoryEncoded}}">{{category}}</a></dd>{{/category}}
            {{#hasTags}}<dt>Tags</dt><dd>{{#tags}}{{.}} {{/tags}}</dd>{{/hasTags}}
            <dt>State</dt><dd><span class="state state-{{status}}">{{status}}</span></dd><dt>Id</dt><dd class="id">{{id}}</dd></dl>
            <section aria-labelledby="curl"><h2 id="curl">Call it</h2><pre tabindex="0"><code>{{curl}}</code></pre></section>
            <section aria-labelledby="try"><h2 id="try">Try it here</h2>
            {{^isSignedIn}}<p class="empty"><a href="{{signIn}}">Sign in</a> to call it from this page with your balance.</p>{{/isSignedIn}}
            {{#isSignedIn}}{{^isActive}}<p class="empty">It is {{status}} and cannot be called now.</p>{{/isActive}}{{#isActive}}<p class="soft">This is a real call: it is paid from your balance{{#free}}, after the free ones{{/free}}.</p>
            <form method="post" action="{{base}}/services/{{id}}/try#answer">{{{token}}}<input type="hidden" name="once" value="{{once}}"><input type="hidden" name="price" value="{{price}}">
            <div class="fields"><p><label for="method">Method</label><br><select id="method" name="method">{{#methods}}\(PageParts.option){{/methods}}</select></p>
            <p><label for="path">Path below the service</label><br><input id="path" name="path" value="{{form.path}}" placeholder="/"></p>
            <p><label for="content_type">Content type</label><br><input id="content_type" name="content_type" value="{{contentType}}"></p></div>
            <p><label for="body">Body</label><br><textarea id="body" name="body">{{body}}</textarea></p>
            <p><button>Call for {{price}} USDC</button></p></form>{{/isActive}}{{/isSignedIn}}</section>
            {{#answer}}<section aria-labelledby="answer"><h2 id="answer" tabindex="-1">Answer: {{status}}</h2>
            <dl class="facts"><dt>Paid</dt><dd>{{amount}} USDC{{#isFree}}, a free call{{/isFree}}</dd><dt>Latency</dt><dd>{{latency}} ms</dd><dt>Type</dt><dd>{{type}}</dd><dt>Usage record</dt><dd class="id">{{usage}}</dd></dl>
            {{#text}}<pre tabindex="0"><code>{{text}}</code></pre>{{/text}}{{^text}}<p class="empty">{{nothing}}</p>{{/text}}</section>{{/answer}}
            """
    )

    private func show(_ id: ID<Listing>, _ visit: Visit?, base: String, answer: [String: Any]? = nil) async throws
        -> PageContent
    {
        let listing = try await self.cache.require(id).listing
        let form = visit?.form ?? .none
        let isSent = !form.names.isEmpty
        var values: [String: Any] = visit?.values ?? ["base": base]
        values["title"] = listing.name
        values["isSignedIn"] = visit == nil ? nil : true
        values["description"] = listing.description
        values["price"] = listing.price.text
        values["free"] = listing.freeTierCalls > 0 ? "\(listing.freeTierCalls)" : nil
        values["method"] = self.methods.contains(listing.paymentMethod) ? listing.paymentMethod.rawValue : nil
        values["provider"] = listing.providerName
        values["category"] = listing.category.isEmpty ? nil : listing.category
        values["categoryEncoded"] = HTML.percentEncode(listing.category)
        values["hasTags"] = !listing.tags.isEmpty
        values["tags"] = listing.tags
        values["status"] = listing.status.rawValue
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
        return PageContent(listing.name, Self.template.render(values))
    }

    /// Of a longer answer no more is read.
    private static let readLimit = 1 << 20

    @Sendable private func call(_ visit: Visit) async throws -> WorkForm.Outcome {
        let id: ID<Listing> = visit.call.pathID("service_id")
        let method = visit.form["method"]
        let type = visit.form["content_type"].trimmed
        guard let endpoint = self.proxy.first(where: { $0.method.rawValue.bytewise.equals(method) }),
            Self.verbs.contains(endpoint.method)
        else { throw MarketProblems.tryMethod }
        // What the button said is what is paid.
        let listing = try await self.cache.require(id).listing
        guard visit.form["price"].bytewise.equals(listing.price.text) else {
            throw MarketProblems.tryPrice(listing.price.text)
        }
        guard type.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) else { throw MarketProblems.tryContentType }
        let path = Self.encoded(visit.form["path"])
        // A reload of the answer is the same call, and is paid once.
        var headers: HTTPFields = visit.form["once"].isEmpty ? [:] : [.idempotencyKey: visit.form["once"]]
        let hasBody = endpoint.method != .get && !visit.form["body"].isEmpty
        if hasBody, !type.isEmpty { headers[.contentType] = type }
        let response = try await visit.respond(
            to: endpoint,
            ["service_id": id.text],
            headers: headers,
            body: hasBody ? ByteBuffer(string: visit.form["body"]) : nil,
            rest: path.isEmpty || path.bytewise.starts(with: "/") ? path : "/\(path)"
        )
        let (body, length): (ByteBuffer, Int)
        do { (body, length) = try await response.collect(keeping: Self.shownLimit, most: Self.readLimit) } catch
            where !(error is Problem || error is CancellationError)
        {
            throw MarketProblems.providerUnreachable
        }
        return .show(try await self.show(id, visit, base: visit.base, answer: Self.answer(response, body, length)))
    }

    /// A path as people type it: what has no place in an address is encoded, and what is encoded already stays.
    private static func encoded(_ path: String) -> String {
        path.utf8.map { byte in
            byte > 32 && byte < 127 && !Array("#\"<>\\^`{|}".utf8).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + [byte].hex.uppercased()
        }.joined()
    }

    private static func answer(_ response: Response, _ body: ByteBuffer, _ length: Int)
        -> [String: Any]
    {
        var answer: [String: Any] = [
            "status": "\(response.status.code)", "amount": response.headers[.amount] ?? "0",
            "isFree": response.headers[.freeTier] == "true", "latency": response.headers[.latency] ?? "",
            "type": response.headers[.contentType] ?? "none", "usage": response.headers[.usageID] ?? "",
            "nothing": length == 0 ? "The answer has no body." : "\(length) bytes that are not shown here.",
        ]
        let text = String(validating: body.readableBytesView, as: UTF8.self)
        if let text, !text.isEmpty, length <= Self.shownLimit { answer["text"] = text }
        return answer
    }
}
