import ArgumentParser
import Kernel
import Platform
import Server
import Storage
import Web

struct Accounts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists accounts, suspends and reinstates them, sets passwords, and makes recovery codes.",
        subcommands: [List.self, Suspend.self, Reinstate.self, SetPassword.self, Recover.self]
    )

    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password",
            abstract:
                "Gives an account an e-mail address and a new password, which is printed as JSON; its sessions end."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Option(help: "The account's name.") var owner: String
        @Option(help: "What the account signs in with.") var email: String
        @Option(help: "Where it signs in: affiliate or market.") var surface = "affiliate"

        func run() async throws {
            let password = IDGenerator.system(now: WallClock.system.now).bytes(15).hex
            try await self.options.withHouse { house in
                let keeping = house.slices.compactMap { $0 as? any PasswordKeeping }
                guard let slice = keeping.first(where: { type(of: $0).name == self.surface }) else {
                    throw ConfigurationError("--surface must be affiliate or market")
                }
                try await slice.setPassword(password, of: self.owner, email: self.email)
            }
            try Operator.say(
                json: ["owner_id": .string(self.owner), "email": .string(self.email), "password": .string(password)]
                    as JSONValue
            )
        }
    }
}

extension Accounts {
    struct Recover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a code with which an account chooses a new password. It is valid for one hour, and once."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Option(help: "Where the account signs in.") var surface: String
        @Flag(help: "Prints JSON.") var json = false
        @Argument(help: "The account's name or e-mail address.") var owner: String

        func run() async throws {
            try House.requireSurface(self.surface)
            let (code, url) = try await self.options.withHouse { house in
                guard let recovery = house.slices.first(where: { type(of: $0).name == self.surface })?.recovery else {
                    throw ConfigurationError("nobody signs in to \(self.surface) with a password")
                }
                guard let code = try await recovery.makeCode(for: self.owner, by: "console", trace: .none) else {
                    throw ConfigurationError("there is no account \(self.owner) with a password on \(self.surface)")
                }
                return (code.text, recovery.url)
            }
            if self.json { return try Operator.say(json: ["code": .string(code), "url": .string(url)] as JSONValue) }
            Operator.say("The code is \(code). It is valid for one hour, and is used at \(url)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists accounts, the newest first.")

        @OptionGroup(visibility: .hidden) var options: Options
        @Option(help: "Only those with a key of this surface.") var surface: String?
        @Option(help: "A part of the name.") var name = ""
        @Flag(help: "Only those that are suspended.") var suspended = false
        @Option(help: "How many at most.") var limit = 1000
        @Flag(help: "Prints JSON.") var json = false

        func run() async throws {
            guard (1...100_000).contains(self.limit) else { throw ValidationError("--limit must be 1 to 100000") }
            try House.requireSurface(self.surface)
            var filter = AccountAdminStore.Filter()
            (filter.text, filter.surface) = (self.name, self.surface)
            if self.suspended { filter.isSuspended = true }
            let asked = filter
            let accounts = try await self.options.withHouse(.reading) { house in
                try await house.database.read { try $0.accountAdmin.list(asked, after: nil, limit: self.limit).items }
            }
            if self.json {
                return try Operator.say(json: ["accounts": .array(accounts.map(\.json))] as JSONValue)
            }
            for account in accounts {
                let state = account.suspendedAt.map {
                    ", suspended \($0.readable): \((account.suspendedReason ?? "").inOneLine)"
                }
                Operator.say(
                    "\(account.name.inOneLine)  \(account.keys) \(account.keys == 1 ? "key" : "keys"), since \(account.createdAt.readable)\(state ?? "")"
                )
            }
            if accounts.isEmpty { Operator.say("There are no such accounts.") }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends an account's keys and sessions on all surfaces, until it is reinstated."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Option(help: "Why; kept in the audit log.") var reason: String
        @Argument(help: "The account's name.") var owner: String

        func run() async throws {
            guard !self.reason.trimmed.isEmpty, !self.reason.hasHiddenScalars, self.reason.unicodeScalars.count <= 500
            else { throw ValidationError("--reason must say why, in one line of 500 characters at most") }
            try await Accounts.change(self.owner, self.options) { account, tx in
                try tx.accountAdmin.suspend(account, reason: self.reason, by: "console", trace: .none)
            }
            Operator.say("\(self.owner) is suspended.")
        }
    }

    struct Reinstate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a suspended account work again.")

        @OptionGroup(visibility: .hidden) var options: Options
        @Argument(help: "The account's name.") var owner: String

        func run() async throws {
            try await Accounts.change(self.owner, self.options) { account, tx in
                try tx.accountAdmin.reinstate(account, by: "console", trace: .none)
            }
            Operator.say("\(self.owner) works again.")
        }
    }

    fileprivate static func change(
        _ owner: String,
        _ options: Options,
        _ change: @escaping @Sendable (AccountSummary, Transaction) throws -> Void
    ) async throws {
        try await options.withHouse { house in
            try await house.database.write { tx in
                guard let account = try tx.accountAdmin.find(name: owner) else {
                    throw ConfigurationError("there is no account \(owner)")
                }
                try change(account, tx)
            }
        }
    }
}

extension AccountSummary {
    fileprivate var json: JSONValue {
        [
            "owner_id": .string(self.name), "keys": .int(self.keys), "created_at": .string(self.createdAt.text),
            "suspended_at": .text(self.suspendedAt?.text), "suspended_reason": .text(self.suspendedReason),
        ]
    }
}
