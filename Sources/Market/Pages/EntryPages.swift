import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// How people come in to the market: with e-mail and password or a key, by signing up, and with a code when a password is forgotten.
struct EntryPages: Sendable {
    let door: Door
    let publicURL: String
    let accounts: AccountService
    let recovery: PasswordRecovery

    var forms: [EntryForm] { [self.signIn, self.signUp] + self.recovery.forms }

    // MARK: Signing in

    private var signIn: EntryForm {
        EntryForm(
            path: "/sign-in",
            title: "sign_in",
            fields: """
                \(PasswordRecovery.signInFields)
                <details><summary>[[with_an_api_key_instead]]</summary>
                \(PageParts.field("key", "[[key]] (<code>key_id:secret</code>)", value: "", "type=\"password\" autocomplete=\"off\""))
                <p><button class="quiet">[[sign_in_with_the_key]]</button></p>
                \(Self.note)
                <p>[[no_key_yet_anybody_makes_one]] <code>curl {{publicURL}}/api/v1/keys -d '{"owner_id": "my-agent"}'</code></p></details>
                """,
            after: "<p>[[no_account_yet]] <a href=\"{{base}}/sign-up\">[[sign_up]]</a></p>",
            words: MarketWords.all,
            values: { _, _, _ in ["publicURL": self.publicURL] },
            enter: { call, form in
                guard form["key"].isEmpty else { return try await self.identify(form["key"], call) }
                let guessing: [Door.Guessing] = [
                    .address(call.context.clientAddress), .secret(of: form["email"].trimmed.lowercased()),
                ]
                return try await self.door.guarding(guessing, on: MarketContract.shared) {
                    try await self.accounts.signIn(email: form["email"].trimmed, password: form["password"])
                }
            }
        )
    }

    // MARK: Signing up

    /// Who can sign up by themselves.
    private static let openRoles: [MarketRole] = [.buyer, .provider]

    private var signUp: EntryForm {
        EntryForm(
            path: "/sign-up",
            title: "sign_up",
            fields: """
                \(PageParts.choice("role", "[[i_want_to]]", of: "roles"))
                \(PageParts.field("account_name", "[[account_name_of_the_market]]", value: "{{form.account_name}}", "required maxlength=\"60\" autocomplete=\"nickname\""))
                \(PageParts.field("email", "[[e_mail]]", value: "{{form.email}}", "type=\"email\" required autocomplete=\"email\""))
                \(PageParts.field("password", "[[password_at_least_10_characters]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
                <p><button>[[sign_up]]</button></p>
                """,
            after: "<p>[[you_have_an_account]] <a href=\"{{base}}/sign-in\">[[sign_in]]</a></p>",
            words: MarketWords.all,
            values: { call, form, language in
                let asked = call.request.uri.fields["role"].map(String.init) ?? ""
                let roles = Self.openRoles.map {
                    ($0.rawValue, MarketWords.all.say("wish.\($0.rawValue)", in: language))
                }
                return ["roles": PageParts.options(roles, chosen: form["role"].isEmpty ? asked : form["role"])]
            },
            enter: { call, form in
                let input: SignUpInput = try form.read()
                let language = Language.of(call.request, among: MarketContract.shared.languages)
                return try await self.accounts.signUp(
                    input.order(language),
                    from: call.context.limitKey,
                    trace: call.trace
                )
            }
        )
    }

    private struct SignUpInput: Input {
        private let name: String
        private let role: String
        private let email: String
        private let password: String

        init(_ read: inout InputReader) {
            self.role = read.body("role", .string, "buyer or provider", .oneOf(openRoles.map(\.rawValue)))
            self.name = read.body(
                "account_name",
                .string,
                "The account's owner_id",
                .accountName
            )
            self.email = read.body("email", .string, "Where the account is reached", .mailAddress).trimmed
            self.password = read.body("password", .string, "10 to 200 characters", .newPassword)
        }

        func order(_ language: Language) -> AccountService.SignUp {
            AccountService.SignUp(
                name: self.name,
                role: MarketRole(rawValue: self.role) ?? .buyer,
                email: self.email,
                password: self.password,
                language: language
            )
        }
    }

    // MARK: The dashboard

    /// At the dashboard itself, which is an administrator's alone.
    var dashboardForm: EntryForm {
        EntryForm(
            path: "/admin/dashboard",
            title: "sign_in",
            fields: Self.field("admin_key"),
            after: Self.note,
            words: MarketWords.all,
            status: .unauthorized
        ) { call, form in
            let caller = try await self.identify(form["key"], call)
            guard caller.isAdmin else { throw MarketProblems.adminRequired }
            return caller
        }
    }

    private static func field(_ label: String) -> String {
        """
        <p><label for="key">[[\(label)]] (<code>key_id:secret</code>)</label><br>
        <input id="key" name="key" type="password" autocomplete="off" required></p>
        <p><button>[[sign_in]]</button></p>
        """
    }

    private static let note = "<p class=\"soft\">[[the_key_is_exchanged_for_a]]</p>"

    /// Where each role begins.
    static func home(of role: Role) -> String {
        switch MarketRole(role) {
        case .admin: "/admin/dashboard"
        case .provider: "/provider"
        case .buyer, nil: "/account"
        }
    }

    /// Throws what is wrong with the key; guessers are held to their limit.
    private func identify(_ key: String, _ call: Call) async throws -> Caller {
        let contract = MarketContract.shared
        let (id, secret) = key.bytewise.cut(at: ":")
        return try await self.door.guarding(
            [.address(call.context.clientAddress), .secret(of: String(id).trimmed)],
            on: contract
        ) {
            guard let secret else { throw MarketProblems.invalidKeyFormat }
            return try await self.door.identify(
                PresentedKey(id: String(id).trimmed, secret: String(secret).trimmed),
                on: contract
            )
        }
    }
}
