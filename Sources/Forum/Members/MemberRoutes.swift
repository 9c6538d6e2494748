import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Opening an account, signing in, and what a member keeps of it.
struct MemberRoutes: Sendable {
    static let tag = "Members"

    let service: MemberService
    let door: Door
    let database: any Database
    /// What goes with a deleted account, when its holder wants that.
    let withdraw: @Sendable (ForumMember, Transaction) throws -> Void
    private var logins: LoginService { self.service.logins }

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/api/forum/v1/members", tag: Self.tag, status: .created, self.signUp),
            Endpoint(.post, "/api/forum/v1/sessions", tag: Self.tag, status: .created, self.signIn),
            Endpoint(.get, "/api/forum/v1/me", tag: Self.tag, self.me),
            Endpoint(.patch, "/api/forum/v1/me", tag: Self.tag, self.change),
            Endpoint(.post, "/api/forum/v1/me/password", tag: Self.tag, self.changePassword),
            Endpoint(.post, "/api/forum/v1/me/deletion", tag: Self.tag, self.delete),
            Endpoint(.get, "/api/forum/v1/members/{username}", tag: Self.tag, self.member),
            Endpoint(.put, "/api/forum/v1/members/{username}/moderator", tag: Self.tag, self.appoint),
            Endpoint(.put, "/api/forum/v1/members/{username}/level", tag: Self.tag, self.pin),
        ]
    }

    // MARK: Coming in

    struct SignUpInput: Input {
        let order: MemberService.SignUp

        init(_ read: inout InputReader) {
            let username = read.body("username", .string, "3 to 40 letters, digits, - and _", .username)
            let email = read.body("email", .string, "By which you sign in; nobody else sees it", .email)
            let password = read.body("password", .string, "10 to 200 characters", .password)
            let name = read.optionalBody(
                "displayName",
                .string,
                "What others read; your username otherwise",
                .displayName
            )
            let language = read.optionalBody("language", .string, "en, vi, ja or zh", .oneOf(Language.codes))
            self.order = MemberService.SignUp(
                email: email,
                password: password,
                username: Username(username) ?? .placeholder,
                displayName: name.map(DisplayName.tidied) ?? username,
                language: language.flatMap { Language(rawValue: $0) } ?? .english
            )
        }
    }

    var signUp: Operation<SignUpInput, TokenOutput> {
        Operation("Open a member's account", access: .open, effect: .write) { (input: SignUpInput, call: Call) in
            let caller = try await self.service.signUp(input.order, from: call.context.clientAddress, call.trace)
            return try await self.token(for: caller)
        }.refusing(ForumProblems.tooManySignUps, ForumProblems.usernameTaken, ForumProblems.emailTaken)
    }

    struct SignInInput: Input {
        let email: String
        let password: String

        init(_ read: inout InputReader) {
            self.email = read.body("email", .string, "The account's address", .notBlank())
            self.password = read.body("password", .string, "Its password")
        }
    }

    var signIn: Operation<SignInInput, TokenOutput> {
        Operation("Sign in for 12 hours", access: .open, effect: .write) { (input: SignInInput, call: Call) in
            let caller = try await self.door.guarding(
                [.address(call.context.clientAddress), .secret(of: input.email.trimmed.lowercased())],
                on: ForumContract.shared
            ) { try await self.logins.signIn(email: input.email, password: input.password) }
            return try await self.token(for: caller)
        }.refusing(ForumProblems.wrongPassword)
    }

    private func token(for caller: Caller) async throws -> TokenOutput {
        let made = try await self.logins.makeToken(for: caller)
        return TokenOutput(token: made.token, until: made.until, role: caller.role)
    }

    // MARK: Oneself

    var me: Operation<NoInput, MeOutput> {
        Operation("Show my account", access: .members) { (_: NoInput, caller: Caller, _: Call) in
            try await self.show(caller)
        }
    }

    private func show(_ caller: Caller) async throws -> MeOutput {
        try await self.database.write { tx in
            let member = try tx.members.judge(try tx.members.require(caller.identity))
            return MeOutput(
                member: member,
                email: try tx.logins.email(of: caller.identity) ?? "",
                facts: try tx.members.facts(of: member)
            )
        }
    }

    struct ChangeInput: Input {
        let displayName: String?
        let language: String?
        let hidesAgents: Bool?

        init(_ read: inout InputReader) {
            self.displayName = read.optionalBody("displayName", .string, "What others read", .displayName)
            self.language = read.optionalBody("language", .string, "en, vi, ja or zh", .oneOf(Language.codes))
            self.hidesAgents = read.optionalBody("hidesAgents", .boolean, "Whether posts of AI are left out for me")
        }
    }

    var change: Operation<ChangeInput, MeOutput> {
        Operation("Change my account", access: .members, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                let member = try tx.members.require(caller.identity)
                try tx.members.update(
                    member.id,
                    displayName: input.displayName.map(DisplayName.tidied) ?? member.displayName,
                    language: input.language.flatMap { Language(rawValue: $0) } ?? member.language,
                    hidesAgents: input.hidesAgents ?? member.hidesAgents
                )
                try tx.audit.record(
                    actor: caller.credential,
                    action: "member.changed",
                    subject: member.id.text,
                    trace: call.trace
                )
            }
            return try await self.show(caller)
        }
    }

    struct PasswordInput: Input {
        let present: String
        let next: String

        init(_ read: inout InputReader) {
            self.present = read.body("password", .string, "The present one")
            self.next = read.body("newPassword", .string, "10 to 200 characters", .password)
        }
    }

    var changePassword: Operation<PasswordInput, DoneOutput> {
        Operation("Change my password", access: .people, effect: .write) { input, caller, call in
            try await self.door.guarding([.secret(of: caller.identity.text)], on: ForumContract.shared) {
                try await self.logins.changePassword(
                    of: caller,
                    from: input.present,
                    to: input.next,
                    session: call.context.session,
                    call.trace
                )
            }
            return DoneOutput()
        }.refusing(ForumProblems.wrongPassword)
    }

    struct DeletionInput: Input {
        let password: String
        let withdraws: Bool

        init(_ read: inout InputReader) {
            self.password = read.body("password", .string, "Your password")
            self.withdraws = read.body(
                "withdrawPosts",
                .boolean,
                default: false,
                json: false,
                "Whether the text of your posts goes, too; else it stays under no name"
            )
        }
    }

    var delete: Operation<DeletionInput, DoneOutput> {
        Operation("Delete my account", access: .members, effect: .write) { input, caller, call in
            let withdraw = self.withdraw
            try await self.door.guarding([.secret(of: caller.identity.text)], on: ForumContract.shared) {
                try await self.service.delete(caller, password: input.password, call.trace) { member, tx in
                    if input.withdraws { try withdraw(member, tx) }
                }
            }
            return DoneOutput()
        }.refusing(ForumProblems.wrongPassword)
    }

    // MARK: Others

    struct NameInput: Input {
        let username: String
        init(_ read: inout InputReader) { self.username = read.path("username", "The member's username") }
    }

    var member: Operation<NameInput, MemberOutput> {
        Operation("Show a member", access: .open) { (input: NameInput, _: Call) in
            let found = try await self.database.read { try $0.members.find(username: input.username) }
            guard let found else { throw ForumProblems.memberNotFound }
            return MemberOutput(member: found)
        }.refusing(ForumProblems.memberNotFound)
    }

    struct AppointInput: Input {
        let username: String
        let isModerator: Bool

        init(_ read: inout InputReader) {
            self.username = read.path("username", "The member's username")
            self.isModerator = read.body("moderator", .boolean, "Whether the member decides about posts from now on")
        }
    }

    var appoint: Operation<AppointInput, MemberOutput> {
        Operation("Appoint a moderator", access: .operator, effect: .write) { input, caller, call in
            MemberOutput(
                member: try await self.service.appoint(
                    input.username,
                    isModerator: input.isModerator,
                    by: caller,
                    call.trace
                )
            )
        }.refusing(ForumProblems.memberNotFound)
    }

    struct PinInput: Input {
        let username: String
        let level: TrustLevel?

        init(_ read: inout InputReader) {
            self.username = read.path("username", "The member's username")
            let level = read.nullableBody("level", .integer, "0 to 3; null for what the rules give", .range(0...3))
            self.level = level.flatMap { TrustLevel(rawValue: $0) }
        }
    }

    var pin: Operation<PinInput, MemberOutput> {
        Operation("Pin a member's level", access: .operator, effect: .write) { input, caller, call in
            let member = try await self.database.write { tx -> ForumMember in
                guard let member = try tx.members.find(username: input.username) else {
                    throw ForumProblems.memberNotFound
                }
                try tx.members.update(member.id, pinnedLevel: input.level)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "member.level_pinned",
                    subject: member.id.text,
                    detail: input.level.map { "\($0.rawValue)" } ?? "none",
                    trace: call.trace
                )
                return try tx.members.find(member.id) ?? member
            }
            return MemberOutput(member: member)
        }.refusing(ForumProblems.memberNotFound)
    }
}

extension Language {
    /// As clients name them.
    static let codes = Self.allCases.map(\.rawValue)
}

extension Rule where Value == String {
    static var password: Rule { .length(PasswordSignIn.lengths) }

    static var email: Rule {
        Rule(FieldRule("email"), schema: ["format": "email", "maxLength": 254]) { text in
            let parts = text.trimmed.bytewise.split("@", keepsEmpty: true)
            return parts.count == 2 && !parts[0].isEmpty && parts[1].bytewise.contains(".") && text.utf8.count <= 254
                && text.trimmed.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && !HiddenText.isHidden($0) }
        }
    }
}

struct TokenOutput: Answer {
    let token: String
    let until: Timestamp
    let role: Role

    static let members: [Member<Self>] = [
        Member("token", \.token, "What follows Bearer; shown once", example: "gjm_…"),
        Member("expiresAt", { $0.until.utc }, "When it ends by itself"),
        Member("role", \.role.name, "member, moderator or partner", example: "member"),
    ]
}

struct DoneOutput: Answer {
    static let members: [Member<Self>] = [Member("done", { _ in true }, "It is done")]
}
