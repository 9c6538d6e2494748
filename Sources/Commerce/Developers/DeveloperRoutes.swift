import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// The console of developers: accounts, sessions, invites and keys.
struct DeveloperRoutes: Sendable {
    static let tag = "Developers"
    static let keysPath = "/v1/developers/keys"

    let database: any Database
    let service: DeveloperService
    let keys: CommerceKeyService
    let secrets: SecretBox
    let logs: LogRoutes
    /// Where clients reach the surface, for what is to be copied.
    let publicURL: String

    var endpoints: [Endpoint] {
        [
            // Nobody is known yet: a key is its address's.
            self.register.endpoint("/v1/developers/register", tag: Self.tag, secrets: self.secrets) { _, call in
                "address \(call.context.limitKey)"
            },
            Endpoint(.post, "/v1/developers/login", tag: Self.tag, self.login),
            Endpoint(.post, "/v1/developers/logout", tag: Self.tag, self.logout),
            Endpoint(.get, "/v1/developers/me", tag: Self.tag, self.me),
            Endpoint(.post, "/v1/developers/me/password", tag: Self.tag, self.changePassword),
            Endpoint(.post, "/v1/developers/invite/verify", tag: Self.tag, self.verify),
            Endpoint(.get, "/v1/developers/keys", tag: Self.tag, self.list),
            self.create.endpoint(Self.keysPath, tag: Self.tag, secrets: self.secrets),
            Endpoint(.patch, "/v1/developers/keys/{keyId}", tag: Self.tag, self.relabel),
            Endpoint(.delete, "/v1/developers/keys/{keyId}", tag: Self.tag, self.delete),
            Endpoint(.post, "/v1/developers/keys/{keyId}/revoke", tag: Self.tag, self.revoke).deprecated(),
            Endpoint(.post, "/v1/developers/keys/{keyId}/reveal", tag: Self.tag, self.reveal),
        ] + self.logs.endpoints
    }

    // MARK: Coming in

    private var register: Creation<RegisterInput, Void, DeveloperOpened> {
        Creation(
            "Open a developer account",
            access: .open,
            refusing: [CommerceProblems.rateLimited, CommerceProblems.accountExists]
        ) { input, _, call, once in
            let opened = try await self.service.register(
                input.order,
                from: call.context.limitKey,
                trace: call.trace,
                once
            )
            return DeveloperOpened(opened: opened, status: "created")
        }
    }

    var login: Operation<LoginInput, DeveloperOpened> {
        Operation("Begin a console session", access: .open, effect: .write) { input, call in
            let opened = try await self.service.login(
                email: input.email,
                password: input.password,
                from: call.context.limitKey
            )
            return DeveloperOpened(opened: opened, status: "ok")
        }
        .refusing(CommerceProblems.rateLimited, CommerceProblems.invalidCredentials, CommerceProblems.accountSuspended)
    }

    struct LoggedOut: Answer {
        static let members: [Member<Self>] = [Member("status", { _ in "ok" }, "ok", example: "ok")]
    }

    var logout: Operation<NoInput, LoggedOut> {
        Operation("End the console session", access: .console, effect: .write) { _, caller, _ in
            try await self.service.logout(caller)
            return LoggedOut()
        }
    }

    var me: Operation<NoInput, DeveloperProfile> {
        Operation("Get my account, session and keys", access: .console) { _, caller, _ in
            let found = try await self.database.read { tx -> (Developer, ConsoleSession, [APIKey])? in
                guard let developer = try tx.developers.find(caller.identity),
                    let session = try tx.developers.findSession(credential: caller.credential)
                else { return nil }
                return (developer, session, try tx.apiKeys.list(of: caller.identity, withDeleted: false))
            }
            guard let (developer, session, keys) = found else { throw CommerceProblems.invalidDeveloperToken }
            try await self.touch(session)
            return DeveloperProfile(developer: developer, session: session, keys: keys.map(self.keys.output))
        }
    }

    /// At most once a minute.
    private func touch(_ session: ConsoleSession) async throws {
        let isRecent = try await self.database.read { tx in
            session.lastUsedAt.map { tx.now.seconds(since: $0) < 60 } ?? false
        }
        if !isRecent { try await self.database.write { try $0.developers.touchSession(session.id) } }
    }

    struct PasswordChanged: Answer {
        static let members: [Member<Self>] = [
            Member("status", { _ in "changed" }, "changed; other sessions have ended", example: "changed")
        ]
    }

    var changePassword: Operation<PasswordChangeInput, PasswordChanged> {
        Operation("Change my password", access: .console, effect: .write) { input, caller, call in
            try await self.service.changePassword(input, of: caller, trace: call.trace)
            return PasswordChanged()
        }
        .refusing(CommerceProblems.rateLimited, CommerceProblems.wrongPresentPassword)
    }

    var verify: Operation<InviteInput, DeveloperAnswer> {
        Operation("Show an invite, so that keys can be made", access: .console, effect: .write) { input, caller, call in
            let developer = try await self.service.verifyInvite(
                input.code,
                by: caller,
                from: call.context.limitKey,
                trace: call.trace
            )
            return DeveloperAnswer(developer: developer, status: "verified")
        }
        .refusing(
            CommerceProblems.invalidDeveloperToken,
            CommerceProblems.rateLimited,
            CommerceProblems.invalidInviteCode
        )
    }

    // MARK: Keys

    var list: Operation<KeysInput, KeyList> {
        Operation("List my keys", access: .console) { input, caller, _ in
            let (developer, keys) = try await self.database.read { tx in
                (
                    try tx.developers.find(caller.identity),
                    try tx.apiKeys.list(of: caller.identity, withDeleted: input.withDeleted)
                )
            }
            return KeyList(keys: keys.map(self.keys.output), isVerified: developer?.inviteVerifiedAt != nil)
        }
    }

    var create: Creation<KeyInput, Caller, KeyMade> {
        Creation(
            "Make a key",
            access: .console,
            refusing: [CommerceProblems.inviteRequired, CommerceProblems.keyLimitReached]
        ) { input, caller, call, once in
            self.keys.answer(
                try await self.keys.create(
                    label: input.label,
                    scopes: input.scopes,
                    by: caller,
                    trace: call.trace,
                    once
                )
            )
        }
    }

    var relabel: Operation<LabelInput, KeyChanged> {
        Operation("Label a key", access: .console, effect: .write) { input, caller, _ in
            let key = try await self.keys.relabel(input.id, input.label, by: caller)
            return KeyChanged(key: self.keys.output(key), status: "updated")
        }
        .refusing(CommerceProblems.keyNotFound)
    }

    var revoke: Operation<KeyPath, KeyChanged> {
        self.end("Revoke a key; deleting it does the same and more", .revoked)
    }

    /// Its row stays, for the audit log and the request log.
    var delete: Operation<KeyPath, KeyChanged> { self.end("Delete a key", .deleted) }

    private func end(_ summary: String, _ status: APIKey.Status) -> Operation<KeyPath, KeyChanged> {
        Operation(summary, access: .console, effect: .write) { input, caller, call in
            let key = try await self.keys.end(input.id, as: status, by: caller, trace: call.trace)
            return KeyChanged(key: self.keys.output(key), status: status.rawValue)
        }
        .refusing(CommerceProblems.keyNotFound)
    }

    var reveal: Operation<KeyPath, KeyRevealed> {
        Operation("Show a key again", access: .console, effect: .write) { input, caller, call in
            let made = try await self.keys.reveal(input.id, by: caller, trace: call.trace)
            return KeyRevealed(key: self.keys.output(made.key), text: made.text)
        }
        .refusing(CommerceProblems.keyNotFound, CommerceProblems.keyUnavailable)
    }
}
