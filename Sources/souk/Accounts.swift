import Affiliate
import ArgumentParser
import Kernel
import Server

struct Accounts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks after accounts of the affiliate network.",
        subcommands: [SetPassword.self]
    )

    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password",
            abstract:
                "Gives an account an e-mail address and a new password, which is printed as JSON; its sessions end."
        )

        @OptionGroup var options: Options
        @Option(help: "The account's name.") var owner: String
        @Option(help: "What the account signs in with.") var email: String

        func run() async throws {
            let password = IDGenerator.system(now: WallClock.system.now).bytes(15).hex
            try await self.options.withHouse { house in
                try await house.slice(Affiliate.self).accounts.setPassword(password, of: self.owner, email: self.email)
            }
            try Operator.say(
                json: ["owner_id": .string(self.owner), "email": .string(self.email), "password": .string(password)]
                    as JSONValue
            )
        }
    }
}
