import ArgumentParser
import Kernel
import Platform
import Server

struct Archived: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Shows and restores what has left the database (the setting retention_days).",
        subcommands: [List.self, Read.self, Restore.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the files, and whether each is as it was written; exits with 1 if one is not."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Flag(help: "Prints JSON.") var json = false

        func run() async throws {
            let files = try await self.options.withHouse { house in
                try await house.archive.files().map { ($0, house.archive.isWhole($0)) }
            }
            if self.json {
                let list = files.map { file, isWhole -> JSONValue in
                    [
                        "kind": .string(file.kind), "day": .string(file.dayText), "file": .string(file.path),
                        "records": .int(file.records), "bytes": .int(file.bytes), "sha256": .string(file.checksum),
                        "state": .string(file.state.rawValue), "whole": .bool(isWhole),
                    ]
                }
                try Operator.say(json: ["files": .array(list)] as JSONValue)
            } else if files.isEmpty {
                Operator.say("The archive is empty.")
            } else {
                for (file, isWhole) in files {
                    let state = isWhole ? file.state.rawValue : "MISSING OR DAMAGED"
                    Operator.say("\(file.path): \(file.records) records, \(file.bytes) bytes, \(state)")
                }
            }
            if files.contains(where: { !$0.1 }) { throw ExitCode.failure }
        }
    }

    /// One day of one kind.
    struct Day: ParsableArguments {
        @Argument(help: "usage, events or deliveries.") var kind: String
        @Argument(help: "Such as 2026-08-01, in UTC.") var day: String
    }

    struct Read: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the records of a day, a line of JSON for each, after checking the file."
        )

        @OptionGroup var day: Day
        @OptionGroup(visibility: .hidden) var options: Options

        func run() async throws {
            try await self.options.withHouse { house in
                for file in try await house.archive.find(self.day.kind, day: self.day.day) {
                    try house.archive.read(file) { Operator.say(String(decoding: $0, as: UTF8.self)) }
                }
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings the records of a day back into the database, for a week. The file stays."
        )

        @OptionGroup var day: Day
        @OptionGroup(visibility: .hidden) var options: Options

        func run() async throws {
            try await self.options.withHouse { house in
                var count = 0
                for file in try await house.archive.find(self.day.kind, day: self.day.day) where file.state != .restored
                {
                    try await house.archive.restore(file)
                    count += file.records
                }
                Operator.say("\(count) records are back, for a week.")
            }
        }
    }
}
