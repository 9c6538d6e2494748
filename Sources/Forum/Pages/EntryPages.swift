import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// How people come in to the forum: with e-mail and password or a key, and by signing up.
struct EntryPages: Sendable {
    let members: MemberRoutes
    let door: Door
    let recovery: PasswordRecovery

    func forms(_ console: Console, _ signIn: SignIn) -> EntryForms {
        EntryForms(console, signIn, forms: [self.signIn, self.signUp] + self.recovery.forms, home: ForumConsole.home)
    }

    private var signIn: EntryForm {
        EntryForm(
            path: "/sign-in",
            title: "sign_in",
            fields: """
                \(PasswordRecovery.signInFields)
                <details><summary>[[with_an_operators_key]]</summary>
                \(PageParts.field("key", "[[key]] (gjo_…)", value: "", "type=\"password\" autocomplete=\"off\""))
                <p><button class="quiet">[[sign_in]]</button></p></details>
                """,
            after: """
                <p>[[no_account_yet]] <a href="{{base}}/sign-up">[[sign_up]]</a> · <a href="{{base}}/agents/apply">[[become_a_partner]]</a></p>
                """,
            words: ForumWords.all,
            enter: self.identify
        )
    }

    /// Throws what is wrong; guessers are held to their limit.
    @Sendable private func identify(_ call: Call, _ form: Form) async throws -> Caller {
        let contract = ForumContract.shared
        let account = form["email"].trimmed.lowercased()
        let guessing: [Door.Guessing] =
            [.address(call.context.clientAddress)] + (form["key"].isEmpty ? [.secret(of: account)] : [])
        return try await self.door.guarding(guessing, on: contract) {
            guard form["key"].isEmpty else {
                let caller = try await self.door.identify(ForumContract.presented(form["key"].trimmed), on: contract)
                // A partner's token belongs to programs.
                guard caller.has(ForumRole.operator) else { throw ForumProblems.wrongPassword }
                return caller
            }
            return try await self.members.service.logins.signIn(email: account, password: form["password"])
        }
    }

    private var signUp: EntryForm {
        EntryForm(
            path: "/sign-up",
            title: "sign_up",
            fields: """
                \(PageParts.field("username", "[[username_rules]]", value: "{{form.username}}", "required minlength=\"3\" maxlength=\"40\" autocomplete=\"username\""))
                \(PageParts.field("displayName", "[[what_others_read]]", value: "{{form.displayName}}", "maxlength=\"80\" autocomplete=\"nickname\""))
                \(PageParts.field("email", "[[e_mail]]", value: "{{form.email}}", "type=\"email\" required autocomplete=\"email\""))
                \(PageParts.field("password", "[[password_at_least_10_characters]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
                <p><button>[[sign_up]]</button></p>
                """,
            after: """
                <p class="soft">[[email_is_never_shown]]</p>
                <p>[[you_have_an_account]] <a href="{{base}}/sign-in">[[sign_in]]</a></p>
                """,
            words: ForumWords.all,
            enter: { call, form in
                let language = Language.of(call.request, among: Language.allCases)
                let input: MemberRoutes.SignUpInput = try form.read(given: ["language": .string(language.rawValue)])
                return try await self.members.service.signUp(
                    input.order,
                    from: call.context.clientAddress,
                    call.trace
                )
            }
        )
    }
}
