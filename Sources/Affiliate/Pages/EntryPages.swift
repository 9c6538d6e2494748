import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// How people come in to the network: with e-mail and password or a key, and by signing up.
struct EntryPages: Sendable {
    let database: any Database
    let accounts: AccountService
    let door: Door
    let visitors: VisitorCookie
    let recovery: PasswordRecovery

    func forms(_ console: Console, _ signIn: SignIn) -> EntryForms {
        EntryForms(
            console,
            signIn,
            forms: [self.signIn, self.signUp] + self.recovery.forms,
            home: AffiliateConsole.home,
            begun: self.remember
        )
    }

    /// The browser is known from now on: what it clicks are the account's own clicks.
    @Sendable private func remember(_ caller: Caller, _ call: Call, _ response: Response) async throws -> Response {
        var response = response
        let visitor = self.visitors.find(call.request) ?? self.visitors.make()
        try await self.database.write { try $0.affiliateAccounts.put(visitor: visitor, of: caller.identity) }
        response.headers.append(HTTPField(name: .setCookie, value: self.visitors.cookie(visitor)))
        return response
    }

    // MARK: Signing in

    private var signIn: EntryForm {
        EntryForm(
            path: "/sign-in",
            title: "sign_in",
            fields: """
                \(PasswordRecovery.signInFields)
                <details><summary>[[with_an_api_key_instead]]</summary>
                \(PageParts.field("key", "[[key]] (aa_…)", value: "", "type=\"password\" autocomplete=\"off\""))
                <p><button class="quiet">[[sign_in_with_the_key]]</button></p></details>
                """,
            after: """
                <p>[[no_account_yet]] <a href="{{base}}/sign-up">[[sign_up]]</a></p>
                <p class="soft">[[the_session_lasts_an_hour_a]]</p>
                """,
            words: AffiliateWords.all,
            enter: self.identify
        )
    }

    /// Throws what is wrong; guessers are held to their limit.
    @Sendable private func identify(_ call: Call, _ form: Form) async throws -> Caller {
        let contract = AffiliateContract.shared
        let account = form["email"].trimmed.lowercased()
        return try await self.door.guarding(
            [.address(call.context.clientAddress)] + (form["key"].isEmpty ? [.secret(of: account)] : []),
            on: contract
        ) {
            guard form["key"].isEmpty else {
                return try await self.door.identify(AffiliateContract.presented(form["key"].trimmed), on: contract)
            }
            return try await self.accounts.signIn(email: form["email"].trimmed, password: form["password"])
        }
    }

    // MARK: Signing up

    private var signUp: EntryForm {
        EntryForm(
            path: "/sign-up",
            title: "sign_up",
            fields: """
                \(PageParts.choice("role", "[[i_am_a]]", of: "roles"))
                \(PageParts.field("account_name", "[[account_name_letters_digits_dashes]]", value: "{{form.account_name}}", "required autocomplete=\"nickname\""))
                \(PageParts.field("name", "[[what_others_see]]", value: "{{form.name}}", "required"))
                \(PageParts.field("email", "[[e_mail]]", value: "{{form.email}}", "type=\"email\" required autocomplete=\"email\""))
                \(PageParts.field("password", "[[password_at_least_10_characters]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
                \(PageParts.field("site_url", "[[your_site_if_you_have_one]]", value: "{{form.site_url}}", "type=\"url\""))
                <p><button>[[sign_up]]</button></p>
                """,
            after: "<p>[[you_have_an_account]] <a href=\"{{base}}/sign-in\">[[sign_in]]</a></p>",
            words: AffiliateWords.all,
            values: { call, form, language in
                let asked = call.request.uri.fields["role"].map(String.init) ?? ""
                let roles = AffiliateRole.open.map {
                    ($0.rawValue, AffiliateWords.all.say("role.\($0.rawValue)", in: language))
                }
                return ["roles": PageParts.options(roles, chosen: form["role"].isEmpty ? asked : form["role"])]
            },
            enter: self.register
        )
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
                .accountName
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

    @Sendable private func register(_ call: Call, _ form: Form) async throws -> Caller {
        let language = Language.of(call.request, among: AffiliateContract.shared.languages)
        let input: SignUpInput = try form.read(given: ["language": .string(language.rawValue)])
        return try await self.accounts.signUp(input.order, from: call.context.clientAddress, trace: call.trace)
    }
}
