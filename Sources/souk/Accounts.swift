import ArgumentParser
import Kernel
import Server
import Web

struct Accounts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks after accounts that sign in with a password.",
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
                guard let slice = house.slices.lazy.compactMap({ $0 as? any PasswordKeeping }).first else { return }
                try await slice.setPassword(password, of: self.owner, email: self.email)
            }
            try Operator.say(
                json: ["owner_id": .string(self.owner), "email": .string(self.email), "password": .string(password)]
                    as JSONValue
            )
        }
    }
}
