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
                    request?.language ?? self.console.language(of: call),
                    operation: call.request.uri.fields["operation"].map(String.init) ?? ""
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
            <dt>[[charged_for]]</dt><dd>{{chargedFor}}</dd>
            <dt>[[paid_over]]</dt><dd>{{#method}}{{method}} / {{/method}}[[the_prepaid_balance]]</dd><dt>[[provider]]</dt><dd>{{provider}}</dd>
            {{#category}}<dt>[[category]]</dt><dd><a href="{{base}}/?category={{categoryEncoded}}">{{category}}</a></dd>{{/category}}
            {{#hasTags}}<dt>[[tags]]</dt><dd>{{#tags}}{{.}} {{/tags}}</dd>{{/hasTags}}
            <dt>[[state]]</dt><dd><span class="state state-{{status}}">{{status_text}}</span></dd><dt>ID</dt><dd class="id">{{id}}</dd></dl>
            <section aria-labelledby="measured"><h2 id="measured">[[measured]]</h2>
            {{^calls}}<p class="empty">[[nobody_has_called_it_yet]]</p>{{/calls}}
            {{#calls}}<dl class="facts"><dt>[[calls]]</dt><dd>{{calls}}</dd><dt>[[success_30_days]]</dt><dd>{{#success}}{{success}}%{{/success}}{{^success}}–{{/success}}</dd>
            <dt>[[latency_half_and_most]]</dt><dd>{{#half}}{{half}} / {{most}} ms{{/half}}{{^half}}–{{/half}}</dd><dt>[[reputation]]</dt><dd>{{reputation}} / 10</dd>
            <dt>[[last_called]]</dt><dd>{{last}}</dd></dl>{{/calls}}</section>
            <section aria-labelledby="call"><h2 id="call">[[call_it]]</h2>
            {{^operations}}<p class="empty">[[the_provider_has_not_said_how]]</p>{{/operations}}
            {{#hasChoice}}<nav aria-label="[[operations]]"><ul class="operations">{{#operations}}<li><a href="{{base}}/services/{{id}}?operation={{encoded}}#call"{{#isChosen}} aria-current="true"{{/isChosen}}><code>{{method}} {{path}}</code></a></li>{{/operations}}</ul></nav>{{/hasChoice}}
            {{#chosen}}{{#summary}}<p>{{summary}}</p>{{/summary}}
            {{#hasParameters}}<div class="scroll" tabindex="0" role="region" aria-label="[[parameters]] ([[table]])"><table><caption>[[parameters]]</caption><thead><tr><th scope="col">[[name]]</th><th scope="col">[[place]]</th><th scope="col">[[example]]</th><th scope="col">[[description]]</th></tr></thead>
            <tbody>{{#parameters}}<tr><th scope="row"><code>{{name}}</code>{{#required}} *{{/required}}</th><td>{{place}}</td><td><code>{{example}}</code></td><td>{{description}}</td></tr>{{/parameters}}</tbody></table></div>{{/hasParameters}}{{/chosen}}
            <details open><summary>curl</summary><pre tabindex="0"><code>{{sample.curl}}</code></pre></details>
            <details><summary>Python</summary><pre tabindex="0"><code>{{sample.python}}</code></pre></details>
            <details><summary>JavaScript</summary><pre tabindex="0"><code>{{sample.javaScript}}</code></pre></details>
            {{#chosen}}{{#requestSchema}}<details><summary>[[schema_of_the_request]]</summary><pre tabindex="0"><code>{{requestSchema}}</code></pre></details>{{/requestSchema}}
            {{#responseExample}}<details><summary>[[example_of_the_answer]]</summary><pre tabindex="0"><code>{{responseExample}}</code></pre></details>{{/responseExample}}
            {{#responseSchema}}<details><summary>[[schema_of_the_answer]]</summary><pre tabindex="0"><code>{{responseSchema}}</code></pre></details>{{/responseSchema}}{{/chosen}}
            {{#notes}}<h3>[[notes_on_errors]]</h3><p class="text">{{notes}}</p>{{/notes}}</section>
            <section aria-labelledby="try"><h2 id="try">[[try_it_here]]</h2>
            {{^isSignedIn}}<p class="empty"><a href="{{signIn}}">[[sign_in_to_call]]</a></p>{{/isSignedIn}}
            {{#isSignedIn}}{{^isActive}}<p class="empty">[[it_is_and_cannot_be_called]]</p>{{/isActive}}{{#isActive}}<p class="soft">[[this_is_a_real_call]]</p>
            <form method="post" action="{{base}}/services/{{id}}/try#answer">{{{token}}}<input type="hidden" name="once" value="{{once}}"><input type="hidden" name="price" value="{{price}}"><input type="hidden" name="operation" value="{{operation}}">
            <div class="fields"><p><label for="method">[[method]]</label><br><select id="method" name="method">{{#methods}}\(PageParts.option){{/methods}}</select></p>
            <p><label for="path">[[path_below_the_service]]</label><br><input id="path" name="path" value="{{path}}" placeholder="/"></p>
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
        operation query: String = "",
        answer: [String: Any]? = nil
    ) async throws
        -> PageContent
    {
        let entry = try await self.cache.show(id)
        let listing = entry.listing
        let form = request?.form ?? .none
        let isSent = !form.names.isEmpty
        let asked = isSent ? form["operation"] : request?.query("operation") ?? query
        let chosen = listing.interface.operation(named: asked) ?? listing.interface.operations.first
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
        values["chargedFor"] = MarketWords.all.say("charged_for.\(listing.chargeRule.rawValue)", in: language)
        values["notes"] = listing.interface.notes.isEmpty ? nil : listing.interface.notes
        values.merge(self.shown(entry.facts, language)) { $1 }
        values.merge(Self.shown(listing.interface, chosen, id: listing.id.text, base: base)) { $1 }
        let sample = CallSample(listing, chosen, self.publicURL)
        values["sample"] = ["curl": sample.curl, "python": sample.python, "javaScript": sample.javaScript]
        values["methods"] = PageParts.options(
            Self.verbs.map { ($0.rawValue, $0.rawValue) },
            chosen: isSent ? form["method"] : chosen?.method ?? "POST"
        )
        values["operation"] = chosen?.name ?? ""
        values["path"] = isSent ? form["path"] : chosen?.target ?? ""
        values["contentType"] = isSent ? form["content_type"] : chosen?.contentType ?? "application/json"
        values["body"] = isSent ? form["body"] : chosen?.requestExample.map(Self.typed) ?? ""
        values["answer"] = answer
        return PageContent(listing.name, Self.template.render(values, in: language))
    }

    private static func typed(_ value: JSONValue) -> String { value.string ?? JSON.indented(value) }

    private func shown(_ facts: ServiceFacts, _ language: Language) -> [String: Any] {
        guard facts.calls > 0 else { return [:] }
        var values: [String: Any] = ["calls": "\(facts.calls)", "reputation": "\(Double(facts.reputation ?? 0) / 100)"]
        values["success"] = facts.successRate.map { "\($0)" }
        if let latency = facts.latency { (values["half"], values["most"]) = ("\(latency.half)", "\(latency.most)") }
        values["last"] = facts.lastCalledAt.map {
            String($0.text.prefix(16).bytewise.replacing("T", with: " ")) + " UTC"
        }
        return values
    }

    private static func shown(_ interface: ServiceInterface, _ chosen: ServiceOperation?, id: String, base: String)
        -> [String: Any]
    {
        var values: [String: Any] = ["hasChoice": interface.operations.count > 1]
        values["operations"] = interface.operations.map { operation in
            var value: [String: Any] = [
                "base": base, "id": id, "encoded": HTML.percentEncode(operation.name), "method": operation.method,
                "path": operation.path, "summary": operation.summary,
            ]
            if operation.name == chosen?.name { value["isChosen"] = true }
            return value
        }
        guard let chosen else { return values }
        var shown: [String: Any] = ["summary": chosen.summary, "hasParameters": !chosen.parameters.isEmpty]
        shown["parameters"] = chosen.parameters.map { parameter in
            [
                "name": parameter.name, "place": parameter.place.rawValue, "description": parameter.summary,
                "example": parameter.example.map(Self.typed) ?? "–", "required": parameter.isRequired,
            ] as [String: Any]
        }
        shown["requestSchema"] = chosen.requestSchema.map { JSON.indented($0) }
        shown["responseExample"] = chosen.responseExample.map(Self.typed)
        shown["responseSchema"] = chosen.responseSchema.map { JSON.indented($0) }
        values["chosen"] = shown
        return values
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
        try Self.check(request.form, listing.interface)
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

    /// What the service itself says is wrong costs nothing. Throws *invalid*, naming the place in the body.
    private static func check(_ form: Form, _ interface: ServiceInterface) throws {
        guard let operation = interface.operation(named: form["operation"]),
            operation.method.bytewise.equals(form["method"]),
            operation.contentType.bytewise.equals(form["content_type"].trimmed)
        else { return }
        var validation = Validation()
        for fault in operation.faults(of: form["body"]) {
            validation.require(false, fault.path.isEmpty ? "body" : fault.path, fault.rule)
        }
        try validation.check()
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
