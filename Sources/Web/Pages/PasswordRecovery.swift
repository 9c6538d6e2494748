import Hummingbird
package import Kernel
package import Platform
package import Storage

/// The accounts of a surface that sign in with a mail address and a password.
package protocol PasswordAccounts: Sendable {
    func find(email: String, in tx: Transaction) throws -> ID<Identity>?
    /// Nil for an account that has no password.
    func email(of identity: ID<Identity>, in tx: Transaction) throws -> String?
    /// Its sessions end, and it is signed in anew. Throws for an account that is suspended.
    func set(passwordHash: String, of identity: ID<Identity>, in tx: Transaction) throws -> Caller
}

/// How somebody who has forgotten a password chooses a new one: with a code that comes by mail, or from the operator.
package struct PasswordRecovery: Sendable {
    fileprivate static let path = "/recover"
    private static let codePath = "/recover/code"
    /// Codes that are asked for from one address, and for one account, within an hour.
    package static let askedLimit = 10
    package static let accountLimit = 3

    private let accounts: any PasswordAccounts
    private let house: SurfaceDependencies
    private let contract: any SurfaceContract
    private let asked = SlidingWindows(policy: "recoveries", windowSeconds: 3600)

    package init(_ accounts: any PasswordAccounts, _ house: SurfaceDependencies, _ contract: any SurfaceContract) {
        (self.accounts, self.house, self.contract) = (accounts, house, contract)
    }

    package static let wrongCode = Problem(.unauthenticated, "wrong_code")

    package var forms: [EntryForm] { [self.ask, self.choose] }

    /// Of a form for signing in: address and password, and the way for those who have forgotten it.
    package static let signInFields = """
        \(PageParts.field("email", "[[e_mail]]", value: "{{form.email}}", "type=\"email\" autocomplete=\"username\""))
        \(PageParts.field("password", "[[password]]", value: "", "type=\"password\" autocomplete=\"current-password\""))
        <p class="row"><button>[[sign_in]]</button> <a href="{{base}}\(path)">[[forgot_your_password]]</a></p>
        """

    // MARK: Asking for a code

    private var ask: EntryForm {
        EntryForm(
            path: Self.path,
            title: "recover_account",
            fields: """
                {{#hasMail}}<p>[[recovery_by_mail]]</p>
                \(PageParts.field("email", "[[e_mail]]", value: "{{form.email}}", "type=\"email\" required autocomplete=\"username\""))
                <p><button>[[send_the_code]]</button></p>{{/hasMail}}
                {{^hasMail}}<p>[[recovery_by_operator]]</p>{{/hasMail}}
                """,
            after:
                "<p><a href=\"{{base}}\(Self.codePath)\">[[i_have_a_code]]</a> · <a href=\"{{base}}/sign-in\">[[sign_in]]</a></p>",
            words: self.contract.words,
            next: Self.codePath + "?sent=1",
            values: { [isOn = self.house.mail.isOn] _, _, _ in isOn ? ["hasMail": true] : [:] },
            enter: { call, form in
                let input: RecoveryInput = try form.read()
                try await self.send(to: input.email, from: call)
                return nil
            }
        )
    }

    /// Says the same whether there is such an account or not.
    private func send(to email: String, from call: Call) async throws {
        let now = self.house.clock.now()
        for (key, limit) in [(call.context.limitKey, Self.askedLimit), (email.lowercased(), Self.accountLimit)] {
            let decision = self.asked.take(key, limit: limit, now: now)
            guard decision.isAllowed else { throw self.contract.problem(limitedBy: decision) }
        }
        guard self.house.mail.isOn else { return }
        let code = OneTimeCode(self.house.ids)
        let language = Language.of(call.request, among: self.contract.languages)
        let mailed = MailedCode(
            code: code,
            name: "recover",
            url: self.url,
            contract: self.contract,
            language: language
        )
        try await self.house.database.write { tx in
            // To the address on record, whatever was typed that the account was found by.
            guard let identity = try self.accounts.find(email: email, in: tx),
                let recorded = try self.accounts.email(of: identity, in: tx)
            else { return }
            try tx.oneTimeCodes.insert(code, .password, of: identity, surface: self.contract.name)
            try mailed.put(into: self.house.mail, to: recorded, tx)
        }
    }

    /// A code for the operator to hand on. Nil for an account that there is not, or that has no password.
    ///
    /// - Parameter text: the account's name, id or mail address.
    package func makeCode(for text: String, by actor: String, trace: Trace) async throws -> OneTimeCode? {
        let code = OneTimeCode(self.house.ids)
        return try await self.house.database.write { tx in
            guard
                let identity = try tx.accountAdmin.find(text)?.id ?? self.accounts.find(email: text, in: tx),
                try self.accounts.email(of: identity, in: tx) != nil
            else { return nil }
            try tx.oneTimeCodes.insert(code, .password, of: identity, surface: self.contract.name)
            try tx.audit.record(
                actor: actor,
                action: "recovery.created",
                subject: identity.text,
                detail: self.contract.name,
                trace: trace
            )
            return code
        }
    }

    /// Where a code is used.
    package var url: String { self.house.publicURL + Self.codePath }

    // MARK: Using it

    private var choose: EntryForm {
        EntryForm(
            path: Self.codePath,
            title: "choose_a_new_password",
            fields: """
                {{#sent}}<p class="done" role="status">[[code_was_sent]]</p>{{/sent}}
                \(PageParts.field("code", "[[recovery_code]]", value: "", "required autocomplete=\"one-time-code\" autocapitalize=\"characters\" spellcheck=\"false\" placeholder=\"XXXX-XXXX-XXXX-XXXX\""))
                \(PageParts.field("password", "[[new_password]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
                <p><button>[[save_and_sign_in]]</button></p>
                """,
            after: "<p><a href=\"{{base}}\(Self.path)\">[[ask_for_a_code]]</a></p>",
            words: self.contract.words,
            values: { call, _, _ in call.request.uri.fields["sent"] == nil ? [:] : ["sent": true] },
            enter: { call, form in
                let input: NewPasswordInput = try form.read()
                return try await self.house.door.guarding([.address(call.context.clientAddress)], on: self.contract) {
                    let language = Language.of(call.request, among: self.contract.languages)
                    return try await self.choose(input, language, trace: call.trace)
                }
            }
        )
    }

    private func choose(_ input: NewPasswordInput, _ language: Language, trace: Trace) async throws -> Caller {
        let hash = try await PasswordSignIn.hash(input.password, ids: self.house.ids)
        return try await self.house.database.write { tx in
            guard
                let identity = try tx.oneTimeCodes.take(input.code, .password, surface: self.contract.name)
            else { throw Self.wrongCode }
            let caller = try self.accounts.set(passwordHash: hash, of: identity, in: tx)
            if let address = try self.accounts.email(of: identity, in: tx) {
                try SecurityMail(self.house, self.contract).tellChange(of: address, language, in: tx)
            }
            try tx.audit.record(
                actor: caller.credential,
                action: "password.recovered",
                subject: identity.text,
                trace: trace
            )
            return caller
        }
    }
}

private struct RecoveryInput: Input {
    let email: String
    init(_ read: inout InputReader) {
        self.email = read.body("email", .string, "Where the code is sent", .mailAddress).trimmed
    }
}

private struct NewPasswordInput: Input {
    let code: String
    let password: String

    init(_ read: inout InputReader) {
        self.code = read.body("code", .string, "The code")
        self.password = read.body("password", .string, "The new password", .newPassword)
    }
}

extension Rule<String> {
    /// Where mail can be sent to.
    package static var mailAddress: Rule {
        Rule(FieldRule("email"), schema: ["format": "email"]) { MailAddress.isAddress($0.trimmed) }
    }

    /// What an account is called by programs: it stands in addresses and on command lines.
    package static var accountName: Rule {
        Rule(FieldRule("account_name")) { text in
            (3...60).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    (97...122).contains(byte) || (48...57).contains(byte) || "-._".utf8.contains(byte)
                }
        }
    }

    /// Of a length that is safe, and that can be typed.
    package static var newPassword: Rule { .length(PasswordSignIn.lengths) }
}
