import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The operator looks after accounts and keys of every surface, and reads the audit log.
struct AccountAdminRoutes: Sendable {
    let database: any Database
    /// Tells a surface that one of its keys was revoked.
    let revoked: RevokedKeys

    private static let base = "/api/v1/admin"
    private static let account = "/api/v1/admin/accounts/{owner_id}"
    private static let keyLimit = 200

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.base + "/accounts", tag: "Admin", self.list),
            Endpoint(.get, Self.account, tag: "Admin", self.get),
            Endpoint(.post, Self.account + "/suspend", tag: "Admin", self.suspend),
            Endpoint(.post, Self.account + "/reinstate", tag: "Admin", self.reinstate),
            Endpoint(.patch, Self.base + "/keys/{key_id}", tag: "Admin", self.limit),
            Endpoint(.put, Self.base + "/keys/{key_id}/daily-cap", tag: "Admin", self.cap),
            Endpoint(.delete, Self.base + "/keys/{key_id}", tag: "Admin", self.revoke),
            Endpoint(.get, Self.base + "/audit", tag: "Admin", self.audit),
        ]
    }

    var list: Operation<AccountQuery, CursorList<AdminAccount>> {
        Operation("Accounts", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                let page = try tx.accountAdmin.list(input.filter, after: input.paging.cursor, limit: input.paging.limit)
                return CursorList(page, AdminAccount.init)
            }
        }
    }

    var get: Operation<AccountName, AdminAccountDetail> {
        Operation("An account with its keys", access: .admin) { input, _, _ in
            try await self.database.read { tx in try Self.detail(input.name, tx) }
        }
        .refusing(MarketProblems.accountUnknown)
    }

    /// Not oneself: nobody could undo it.
    var suspend: Operation<SuspendAccount, AdminAccountDetail> {
        Operation("Suspend an account", access: .admin, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                guard let account = try tx.accountAdmin.find(input.name) else {
                    throw MarketProblems.accountUnknown
                }
                guard account.id != caller.identity else { throw MarketProblems.ownAccount }
                try tx.accountAdmin.suspend(
                    account,
                    reason: input.reason,
                    by: caller.credential,
                    trace: call.trace
                )
                return try Self.detail(input.name, tx)
            }
        }
        .refusing(MarketProblems.accountUnknown, MarketProblems.ownAccount)
    }

    var reinstate: Operation<AccountName, AdminAccountDetail> {
        Operation("Reinstate an account", access: .admin, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                guard let account = try tx.accountAdmin.find(input.name) else {
                    throw MarketProblems.accountUnknown
                }
                try tx.accountAdmin.reinstate(account, by: caller.credential, trace: call.trace)
                return try Self.detail(input.name, tx)
            }
        }
        .refusing(MarketProblems.accountUnknown)
    }

    var limit: Operation<LimitKey, AdminKey> {
        Operation("Set a key's limit", access: .admin, effect: .write) { input, caller, call in
            try Door.requireUncapped(caller)
            return try await self.database.write { tx in
                guard let key = try tx.accountAdmin.findKey(input.id) else { throw MarketProblems.keyNotFound }
                try tx.accountAdmin.setRateLimit(key, to: input.rateLimit)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "key.limited",
                    subject: key.id,
                    detail: "\(input.rateLimit) a minute instead of \(key.rateLimit)",
                    trace: call.trace
                )
                return AdminKey(try tx.accountAdmin.findKey(input.id) ?? key)
            }
        }
        .refusing(MarketProblems.cappedKey, MarketProblems.keyNotFound)
    }

    /// Of keys of the market: no other surface's keys spend its balance.
    var cap: Operation<SetDailyCap, AdminKey> {
        Operation("Set what a key of an account may spend in a day", access: .admin, effect: .write) {
            input,
            caller,
            call in
            try await self.database.write { tx in
                guard let key = try tx.accountAdmin.findKey(input.id) else { throw MarketProblems.keyNotFound }
                try tx.keyCaps.set(input, of: key.owner, by: caller, trace: call.trace)
                return AdminKey(try tx.accountAdmin.findKey(input.id) ?? key)
            }
        }
        .refusing(MarketProblems.cappedKey, MarketProblems.ownCap, MarketProblems.keyNotFound)
    }

    var revoke: Operation<AdminKeyPath, AdminKey> {
        Operation("Revoke a key of an account", access: .admin, effect: .write) { input, caller, call in
            try Door.requireUncapped(caller)
            return try await self.database.write { tx in
                guard let key = try tx.accountAdmin.findKey(input.id) else { throw MarketProblems.keyNotFound }
                let isRevoked = try tx.identities.revoke(key, by: caller.credential, trace: call.trace)
                if isRevoked { try self.revoked.tell(key, tx) }
                return AdminKey(try tx.accountAdmin.findKey(input.id) ?? key)
            }
        }
        .refusing(MarketProblems.cappedKey, MarketProblems.keyNotFound)
    }

    var audit: Operation<AuditQuery, CursorList<AuditLine>> {
        Operation("Audit log", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                let page = try tx.audit.list(input.filter, before: input.paging.cursor, limit: input.paging.limit)
                return CursorList(page, AuditLine.init)
            }
        }
    }

    private static func detail(_ name: String, _ tx: Transaction) throws -> AdminAccountDetail {
        guard let account = try tx.accountAdmin.find(name) else { throw MarketProblems.accountUnknown }
        let keys = try tx.accountAdmin.listKeys(of: account.id, limit: Self.keyLimit)
        return AdminAccountDetail(account: AdminAccount(account), keys: keys.map(AdminKey.init))
    }
}
