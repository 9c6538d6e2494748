import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage
import Web

/// An account's own settings: how it signs in, and when it is told of a low balance.
struct AccountRoutes: Sendable {
    let database: any Database
    let service: AccountService
    let door: Door

    private static let tag = "Account"

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/account", tag: Self.tag, self.get),
            Endpoint(.put, "/api/v1/account/login", tag: Self.tag, self.setLogin),
            Endpoint(.post, "/api/v1/account/provider", tag: Self.tag, self.becomeProvider),
            Endpoint(.put, "/api/v1/account/low-balance", tag: Self.tag, self.setLowBalance),
        ]
    }

    var get: Operation<NoInput, OwnAccount> {
        Operation("Get my account", access: .anyKey) { _, caller, _ in try await self.output(of: caller) }
    }

    private func output(of caller: Caller) async throws -> OwnAccount {
        try await self.database.read { tx in
            OwnAccount(
                owner: caller.name,
                role: caller.role,
                email: try tx.logins.find(caller.identity)?.email,
                lowBalance: try tx.lowBalances.threshold(of: caller.identity)
            )
        }
    }

    /// The session of a browser that asks goes on.
    var setLogin: Operation<SetLogin, OwnAccount> {
        Operation("Set my e-mail address and password", access: .anyKey, effect: .write) { input, caller, call in
            try Door.requireUncapped(caller)
            let guessing: [Door.Guessing] = [
                .address(call.context.clientAddress), .secret(of: caller.identity.text),
            ]
            try await self.door.guarding(guessing, on: MarketContract.shared) {
                try await self.service.setLogin(input, of: caller, keeping: call.context.session, trace: call.trace)
            }
            return try await self.output(of: caller)
        }
        .refusing(
            MarketProblems.cappedKey,
            MarketProblems.wrongCurrentPassword,
            MarketProblems.passwordRequired,
            MarketProblems.emailTaken,
            MarketProblems.accountSuspended
        )
    }

    var becomeProvider: Operation<NoInput, OwnAccount> {
        Operation("Become a provider", access: .anyKey, effect: .write) { _, caller, call in
            try Door.requireUncapped(caller)
            try await self.service.becomeProvider(caller, trace: call.trace)
            return try await self.output(of: caller)
        }
        .refusing(MarketProblems.cappedKey, MarketProblems.noLogin)
    }

    var setLowBalance: Operation<SetLowBalance, OwnAccount> {
        Operation("Set when I am told of a low balance", access: .anyKey, effect: .write) { input, caller, call in
            try Door.requireUncapped(caller)
            try await self.database.write { tx in
                try tx.lowBalances.set(input.threshold, of: caller.identity)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "low_balance.set",
                    subject: caller.identity.text,
                    detail: input.threshold.map { "\($0.text) USDC" } ?? "never",
                    trace: call.trace
                )
            }
            return try await self.output(of: caller)
        }
        .refusing(MarketProblems.cappedKey)
    }
}
