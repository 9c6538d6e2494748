import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What everybody sees: the network's front, signing up, and signing in with e-mail or a key.
struct EntryPages: Sendable {
    private static let formLimit = 16 * 1024
    private static let shown = 12

    let database: any Database
    let accounts: AccountService
    let door: Door
    let workPlace: WorkPlace
    let sessions: SignIn
    let visitors: VisitorCookie

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "/", "The network", self.front),
            Endpoint.page(.get, "/sign-in", "Sign in") { self.signInForm($0, next: SignIn.next($0), problem: nil) },
            Endpoint.page(.post, "/sign-in", "Sign in", self.signIn),
            Endpoint.page(.get, "/sign-up", "Sign up") { self.signUpForm($0, .none, problem: nil) },
            Endpoint.page(.post, "/sign-up", "Sign up", self.signUp),
            Endpoint.page(.post, "/sign-out", "Sign out") { call in
                try await self.sessions.signOut(call, goTo: "\(call.base(of: AffiliateContract.shared))/")
            },
            self.workPlace.languageEndpoint,
        ]
    }

    // MARK: Front

    private static let frontTemplate = AffiliatePlace.template(
        """
        <div class="title"><h1>[[surface_title]]</h1>
        <p><a href="{{base}}/docs">[[reference_documents]]</a> · <a href="{{base}}/openapi.json">OpenAPI</a></p></div>
        <p>[[advertisers_pay_for_orders_publishers_and]]</p>
        {{^isSignedIn}}<p class="row"><a class="button" href="{{base}}/sign-up?role=publisher">[[sign_up_as_a_publisher]]</a> <a class="button quiet" href="{{base}}/sign-up?role=advertiser">[[sign_up_as_an_advertiser]]</a> <a href="{{base}}/sign-in">[[sign_in]]</a></p>{{/isSignedIn}}
        {{#isSignedIn}}<p><a class="button" href="{{base}}{{home}}">[[to_my_work_place]]</a></p>{{/isSignedIn}}
        <dl class="figures"><div><dt>[[active_programs]]</dt><dd>{{stats.programs}}</dd></div><div><dt>[[publishers]]</dt><dd>{{stats.publishers}}</dd></div>
        <div><dt>[[advertisers]]</dt><dd>{{stats.advertisers}}</dd></div><div><dt>[[approved_conversions]]</dt><dd>{{stats.conversions}}</dd></div></dl>
        <section aria-labelledby="newest"><h2 id="newest">[[newest_programs]]</h2>
        {{^has_programs}}<p class="empty">[[no_program_is_active_yet]]</p>{{/has_programs}}
        <div class="cards">{{#programs}}<article class="card"><h3>{{name}}</h3><p>{{description}}</p>
        <p class="soft">{{reward_amount}}{{#reward_percent}} ({{reward_percent}}){{/reward_percent}} · {{reward_type}} · {{advertiser_name}}</p></article>{{/programs}}</div></section>
        """
    )

    @Sendable private func front(_ call: Call) async throws -> Response {
        try await self.workPlace.respond(to: call) { call, visit in
            let language = visit?.language ?? self.workPlace.language(of: call)
            let (stats, programs) = try await self.database.read { tx in
                let newest = try tx.programSearch.search(ProgramQuery(limit: Self.shown, offset: 0)).programs
                let stats: JSONValue = [
                    "programs": .int(try tx.programSearch.countActive()),
                    "publishers": .int(
                        try tx.affiliateAccounts.count(role: .publisher) + tx.affiliateAccounts.count(role: .agent)
                    ),
                    "advertisers": .int(try tx.affiliateAccounts.count(role: .advertiser)),
                    "conversions": .integer(try tx.programSearch.countApproved()),
                ]
                return (stats, try tx.programs.list(newest).map { ProgramOutput(program: $0, now: tx.now) })
            }
            var values: [String: Any] = ["base": call.base(of: AffiliateContract.shared)]
            values["stats"] = stats.shown
            values["programs"] = programs.shown(AffiliatePlace.display(language))
            if !programs.isEmpty { values["has_programs"] = true }
            if let visit {
                values["isSignedIn"] = true
                values["home"] = AffiliatePlace.home(of: visit.session.caller.role)
            }
            let title = AffiliateWords.all.say("affiliate_network", in: language)
            return PageContent(title, Self.frontTemplate.render(values, in: language))
        }
    }

    // MARK: Signing in

    private static let signInTemplate = AffiliatePlace.template(
        """
        <h1>[[sign_in]]</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <form method="post" action="{{base}}/sign-in">
        {{#next}}<input type="hidden" name="next" value="{{next}}">{{/next}}
        \(PageParts.field("email", "[[e_mail]]", value: "{{email}}", "type=\"email\" autocomplete=\"username\""))
        \(PageParts.field("password", "[[password]]", value: "", "type=\"password\" autocomplete=\"current-password\""))
        <p><button>[[sign_in]]</button></p>
        <details><summary>[[with_an_api_key_instead]]</summary>
        \(PageParts.field("key", "[[key]] (aa_…)", value: "", "type=\"password\" autocomplete=\"off\""))
        <p><button class="quiet">[[sign_in_with_the_key]]</button></p></details>
        </form>
        <p>[[no_account_yet]] <a href="{{base}}/sign-up">[[sign_up]]</a></p>
        <p class="soft">[[the_session_lasts_an_hour_a]]</p>
        """
    )

    private func signInForm(_ call: Call, next: String?, email: String = "", problem: Problem?) -> Response {
        let language = self.workPlace.language(of: call)
        var values: [String: Any] = ["base": call.base(of: AffiliateContract.shared), "email": email]
        values["next"] = next
        values["problem"] = problem.map { AffiliateWords.all.describe($0, in: language) }
        return self.page("sign_in", Self.signInTemplate.render(values, in: language), call, language, problem)
    }

    /// Throws what is wrong; guessers are held to their limit.
    @Sendable private func signIn(_ call: Call) async throws -> Response {
        try self.sessions.requireOwnSite(call)
        let form = try await call.form(limit: Self.formLimit)
        let next = SignIn.local(form["next"])
        do {
            let account = form["email"].trimmed.lowercased()
            let caller = try await self.door.guarding(
                [.address(call.context.clientAddress)] + (form["key"].isEmpty ? [.secret(of: account)] : []),
                on: AffiliateContract.shared
            ) {
                guard form["key"].isEmpty else {
                    return try await self.door.identify(
                        AffiliateContract.presented(form["key"].trimmed),
                        on: AffiliateContract.shared
                    )
                }
                return try await self.accounts.signIn(email: form["email"].trimmed, password: form["password"])
            }
            return try await self.begin(caller, call, next: next)
        } catch let problem as Problem where problem.kind != .internal {
            return self.signInForm(call, next: next, email: form["email"], problem: problem)
        }
    }

    /// The browser is known from now on: what it clicks are the account's own clicks.
    private func begin(_ caller: Caller, _ call: Call, next: String? = nil) async throws -> Response {
        let home = call.base(of: AffiliateContract.shared) + AffiliatePlace.home(of: caller.role)
        var response = try await self.sessions.begin(caller, goTo: next ?? home)
        let visitor = self.visitors.find(call.request) ?? self.visitors.make()
        try await self.database.write { try $0.affiliateAccounts.put(visitor: visitor, of: caller.identity) }
        response.headers.append(HTTPField(name: .setCookie, value: self.visitors.cookie(visitor)))
        return response
    }

    // MARK: Signing up

    private static let signUpTemplate = AffiliatePlace.template(
        """
        <h1>[[sign_up]]</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <form method="post" action="{{base}}/sign-up">
        \(PageParts.choice("role", "[[i_am_a]]", of: "roles"))
        \(PageParts.field("account_name", "[[account_name_letters_digits_dashes]]", value: "{{form.account_name}}", "required autocomplete=\"nickname\""))
        \(PageParts.field("name", "[[what_others_see]]", value: "{{form.name}}", "required"))
        \(PageParts.field("email", "[[e_mail]]", value: "{{form.email}}", "type=\"email\" required autocomplete=\"email\""))
        \(PageParts.field("password", "[[password_at_least_10_characters]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
        \(PageParts.field("site_url", "[[your_site_if_you_have_one]]", value: "{{form.site_url}}", "type=\"url\""))
        <p><button>[[sign_up]]</button></p></form>
        <p>[[you_have_an_account]] <a href="{{base}}/sign-in">[[sign_in]]</a></p>
        """
    )

    private func signUpForm(_ call: Call, _ form: Form, problem: Problem?) -> Response {
        let language = self.workPlace.language(of: call)
        let asked = call.request.uri.queryParameters["role"].map(String.init) ?? ""
        let chosen = form["role"].isEmpty ? asked : form["role"]
        let roles = AffiliateRole.open.map {
            ($0.rawValue, AffiliateWords.all.say("role.\($0.rawValue)", in: language))
        }
        var values: [String: Any] = [
            "base": call.base(of: AffiliateContract.shared), "roles": PageParts.options(roles, chosen: chosen),
            "form": Dictionary(uniqueKeysWithValues: form.names.map { ($0, form[$0]) }),
        ]
        values["problem"] = problem.map { AffiliateWords.all.describe($0, in: language) }
        return self.page("sign_up", Self.signUpTemplate.render(values, in: language), call, language, problem)
    }

    private struct SignUpInput: Input {
        let order: AccountService.SignUp

        init(_ read: inout InputReader) {
            let roles = AffiliateRole.open.map(\.rawValue)
            let role = read.body(
                "role",
                .string,
                "",
                .oneOf(roles)
            )
            let name = read.body(
                "account_name",
                .string,
                "",
                Rule(FieldRule("account_name")) { text in
                    (3...60).contains(text.utf8.count)
                        && text.utf8.allSatisfy { byte in
                            (97...122).contains(byte) || (48...57).contains(byte) || "-._".utf8.contains(byte)
                        }
                }
            )
            let email = read.body(
                "email",
                .string,
                "",
                Rule(FieldRule("email")) { text in
                    let parts = text.bytewise.split("@", keepsEmpty: true)
                    return parts.count == 2 && !parts[0].isEmpty && parts[1].bytewise.contains(".")
                        && text.utf8.count <= 254
                        && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace }
                }
            )
            let password = read.body("password", .string, "", .password)
            var fields = ProfileFields(&read)
            fields.addSite(of: Role(name: role))
            self.order = AccountService.SignUp(
                name: name,
                role: AffiliateRole(rawValue: role) ?? .publisher,
                email: email,
                password: password,
                profile: fields.profile(changing: .init(displayName: name, language: nil))
            )
        }
    }

    @Sendable private func signUp(_ call: Call) async throws -> Response {
        try self.sessions.requireOwnSite(call)
        let form = try await call.form(limit: Self.formLimit)
        let names = ["role", "account_name", "name", "email", "password", "site_url"]
        do {
            let language = self.workPlace.language(of: call)
            let body = form.body(names).adding("language", .string(language.rawValue))
            let input: SignUpInput = try call.read(from: body)
            let caller = try await self.accounts.signUp(
                input.order,
                from: call.context.clientAddress,
                trace: call.trace
            )
            return try await self.begin(caller, call)
        } catch let problem as Problem where problem.kind != .internal {
            return self.signUpForm(call, form, problem: problem)
        }
    }

    private func page(_ title: String, _ body: Markup, _ call: Call, _ language: Language, _ problem: Problem?)
        -> Response
    {
        let content = PageContent(AffiliateWords.all.say(title, in: language), body)
        var response = self.workPlace.openPage(content, call, language)
        if let problem { response.status = AffiliateContract.shared.status(for: problem.kind) }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
