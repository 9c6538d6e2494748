import ArgumentParser
import Commerce
import Foundation
import Kernel
import Server

/// What the operator does for commerce.
struct CommerceCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commerce",
        abstract: "Opens merchants and imports their products.",
        subcommands: [Merchants.self, Import.self, Products.self, Invites.self]
    )

    struct Merchants: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens merchants.",
            subcommands: [Create.self, Secret.self]
        )

        struct Create: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Opens a merchant and prints its token as JSON; the token is shown once."
            )

            @OptionGroup(visibility: .hidden) var options: Options
            @Argument(help: "Its id: 3 to 64 of a-z, 0-9, dot, underscore and hyphen.") var id: String
            @Option(help: "The parameter of its links that carries a recommendation's id.") var linkParameter = "rec_id"
            @Option(help: "Hosts that its links may lead to, comma separated; any without it.") var linkHosts = ""
            @Option(help: "Days after a click in which an order counts, 1 to 90; commerce_attribution_days without it.")
            var windowDays: Int?
            @Option(help: "What an order costs the merchant, in hundredths of a percent.") var rateBps = 0
            @Option(help: "The creator's part of it, in hundredths of a percent.") var creatorBps = 0

            func run() async throws {
                let opened = try await self.options.withHouse { house in
                    try await house.slice(Commerce.self).merchants.create(
                        self.id.lowercased(),
                        linkParameter: self.linkParameter,
                        linkHosts: self.linkHosts.bytewise.list(","),
                        windowDays: self.windowDays,
                        rateBasisPoints: self.rateBps,
                        creatorBasisPoints: self.creatorBps
                    )
                }
                let said: JSONValue = [
                    "merchant_id": .string(self.id.lowercased()), "token": .string(opened.token),
                    "webhook_secret": .string(opened.webhookSecret),
                ]
                try Operator.say(json: said)
            }
        }

        struct Secret: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract:
                    "Gives a merchant a new secret to sign its reports with, in place of the old one, and prints it as JSON."
            )

            @OptionGroup(visibility: .hidden) var options: Options
            @Argument(help: "The merchant.") var id: String

            func run() async throws {
                let secret = try await self.options.withHouse { house in
                    try await house.slice(Commerce.self).merchants.renewSecret(of: self.id.lowercased())
                }
                let said: JSONValue = ["merchant_id": .string(self.id.lowercased()), "webhook_secret": .string(secret)]
                try Operator.say(json: said)
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Imports a feed: CSV, TSV or JSON lines, also as gzip. Works before and while the server runs."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Argument(help: "The feed's file.") var file: String
        @Option(help: "Whose products they are.") var merchant: String
        @Option(help: "acp, google or icecat.") var format = "acp"
        @Option(help: "assign: products get the next numbers; keep: those of the feed.") var ids = "assign"
        @Flag(help: "Tells what would be done, and does nothing.") var dryRun = false
        @Flag(help: "What the feed does not have goes out of stock.") var full = false
        @Flag(help: "Also where much would go out of stock.") var force = false

        func run() async throws {
            let outcome = try await self.options.withHouse { house in
                let imports = try house.slice(Commerce.self).imports
                return try await imports.importFile(
                    URL(fileURLWithPath: self.file).path,
                    of: self.merchant,
                    format: self.format,
                    keepsIDs: self.ids == "keep",
                    isDryRun: self.dryRun,
                    isFull: self.full,
                    isForced: self.force
                )
            }
            try Operator.say(json: outcome)
            if outcome["state"] != "completed" { throw ExitCode.failure }
        }
    }

    struct Invites: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes invites.", subcommands: [Create.self])

        struct Create: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Makes a code that lets developers make keys, and prints it once."
            )

            @OptionGroup(visibility: .hidden) var options: Options
            @Option(help: "How many accounts may show it, 1 to 10,000.") var uses = 1
            @Option(help: "How many days it is good, 1 to 365.") var days = 30

            func run() async throws {
                let code = try await self.options.withHouse { house in
                    try await house.slice(Commerce.self).developers.createInvite(
                        uses: self.uses,
                        days: self.days,
                        by: "console"
                    )
                }
                try Operator.say(json: ["invite_code": .string(code), "uses": .int(self.uses)] as JSONValue)
            }
        }
    }

    struct Products: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Withdraws products.", subcommands: [Withdraw.self])

        struct Withdraw: AsyncParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Withdraws a product: it is shown no more.")

            @OptionGroup(visibility: .hidden) var options: Options
            @Argument(help: "The product's number.") var product: Int64

            func run() async throws {
                try await self.options.withHouse { house in
                    try await house.slice(Commerce.self).imports.withdraw(self.product)
                }
                Operator.say("Product \(self.product) is withdrawn.")
            }
        }
    }
}
