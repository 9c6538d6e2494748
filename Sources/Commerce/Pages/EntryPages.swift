import Kernel
import Platform
import Web

/// How people come in to commerce: developers with e-mail and password, the operator with a supply key.
struct EntryPages: Sendable {
    let service: DeveloperService
    let door: Door
    let recovery: PasswordRecovery

    func forms(_ console: Console, _ signIn: SignIn) -> EntryForms {
        EntryForms(
            console,
            signIn,
            forms: [self.signIn, self.signUp] + self.recovery.forms,
            home: CommerceConsole.home
        )
    }

    private var signIn: EntryForm {
        EntryForm(
            path: "/sign-in",
            title: "sign_in",
            fields: """
                \(PasswordRecovery.signInFields)
                <details><summary>[[as_the_operator]]</summary>
                \(PageParts.field("key", "[[supply_key]] (sup_…)", value: "", "type=\"password\" autocomplete=\"off\""))
                <p><button class="quiet">[[sign_in_with_the_key]]</button></p></details>
                """,
            after: "<p>[[no_account_yet]] <a href=\"{{base}}/sign-up\">[[sign_up]]</a></p>",
            words: CommerceWords.all,
            enter: self.identify
        )
    }

    @Sendable private func identify(_ call: Call, _ form: Form) async throws -> Caller {
        guard form["key"].isEmpty else {
            let contract = CommerceContract.shared
            return try await self.door.guarding([.address(call.context.clientAddress)], on: contract) {
                let caller = try await self.door.identify(CommerceContract.presented(form["key"].trimmed), on: contract)
                guard caller.role == .supply else { throw CommerceProblems.invalidSupplyKey }
                return caller
            }
        }
        return try await self.service.login(
            email: form["email"].trimmed,
            password: form["password"],
            from: call.context.limitKey
        ).caller
    }

    private var signUp: EntryForm {
        EntryForm(
            path: "/sign-up",
            title: "sign_up",
            fields: """
                \(PageParts.field("display_name", "[[your_name]]", value: "{{form.display_name}}", "required autocomplete=\"name\""))
                \(PageParts.field("contact_email", "[[e_mail]]", value: "{{form.contact_email}}", "type=\"email\" required autocomplete=\"email\""))
                \(PageParts.field("password", "[[password_at_least_10]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
                \(PageParts.field("company", "[[company_if_any]]", value: "{{form.company}}", "autocomplete=\"organization\""))
                \(PageParts.field("invite_code", "[[invite_code_if_you_have_one]]", value: "{{form.invite_code}}", "autocomplete=\"off\""))
                <p><button>[[sign_up]]</button></p>
                """,
            after: "<p>[[you_have_an_account]] <a href=\"{{base}}/sign-in\">[[sign_in]]</a></p>",
            words: CommerceWords.all,
            enter: { call, form in
                let input: RegisterInput = try form.read()
                return try await self.service.register(input.order, from: call.context.limitKey, trace: call.trace)
                    .caller
            }
        )
    }
}
