import ArgumentParser
import Kernel
import Platform
import Search
import Server
import Storage

struct Searched: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Shows, explains and rebuilds the indexes through which records are found.",
        subcommands: [List.self, Explain.self, Rebuild.self, Synonyms.self]
    )

    /// One of the searches.
    struct Kind: ParsableArguments {
        @Argument(help: "Such as market.services; `souk search list` names all.") var kind: String

        /// Throws `ConfigurationError` for one that there is not.
        func find(in house: House) throws -> Search {
            guard let search = house.searches.first(where: { $0.kind.name.bytewise.equals(self.kind) }) else {
                let names = house.searches.map(\.kind.name).joined(separator: ", ")
                throw ConfigurationError("there is no search \(self.kind); there are \(names)")
            }
            return search
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the searches with the number of their records."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Flag(help: "Prints JSON.") var json = false

        func run() async throws {
            let searches = try await self.options.withHouse { house in
                for search in house.searches { try await search.open(reading: true) }
                return house.searches.map { ($0.kind.name, $0.count, $0.segmentCount, $0.byteCount) }
            }
            if self.json {
                let list = searches.map { name, records, segments, bytes -> JSONValue in
                    ["kind": .string(name), "records": .int(records), "segments": .int(segments), "bytes": .int(bytes)]
                }
                return try Operator.say(json: ["searches": .array(list)] as JSONValue)
            }
            for (name, records, segments, bytes) in searches {
                Operator.say("\(name): \(records) records in \(segments) segments, \(bytes) bytes")
            }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says what a question finds, and why.")

        @OptionGroup var kind: Kind
        @Argument(help: "The question.") var text: String
        @Option(help: "Hits at most.") var limit = 10
        @OptionGroup(visibility: .hidden) var options: Options

        func run() async throws {
            guard (1...1000).contains(self.limit) else { throw ValidationError("--limit: 1 to 1000") }
            let (total, hits) = try await self.options.withHouse { house in
                let search = try self.kind.find(in: house)
                try await search.open(reading: true)
                return try await search.explain(self.text, limit: self.limit)
            }
            Operator.say("\(total) found")
            for explained in hits {
                Operator.say(
                    "\(Self.figure(explained.hit.score))  \(explained.hit.id)  \(explained.document?.texts.first ?? "")"
                )
                for reason in explained.reasons {
                    let found = reason.kind == .exact ? "" : " as \(reason.found) (\(reason.kind.rawValue))"
                    Operator.say("    \(Self.figure(reason.contribution))  \(reason.field): \(reason.word)\(found)")
                }
                let words = explained.reasons.reduce(0) { $0 + $1.contribution }
                let rest = explained.hit.score - words
                if rest > 0.0005 { Operator.say("    \(Self.figure(rest))  all words, words together, stored facts") }
            }
        }

        private static func figure(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Makes an index anew from the records. A running server does it, and answers from the old one meanwhile."
        )

        @OptionGroup var kind: Kind
        @OptionGroup(visibility: .hidden) var options: Options

        func run() async throws {
            let server = try self.options.load().findServer()
            try await self.options.withHouse { house in
                let nodes = try await house.database.read { try $0.serverRuns.listNodes() }
                let isServed = server != nil || house.database.engine == .postgres && !nodes.isEmpty
                let search = try self.kind.find(in: house)
                if !isServed { try await search.open() }
                try await search.askForRebuild()
                var last = -1
                while let (records, isFinished) = try await search.findRebuild() {
                    if isFinished { return Operator.say("complete: \(records) records") }
                    if records != last { Operator.say("\(records) records") }
                    last = records
                    if isServed {
                        try await Task.sleep(for: .seconds(1))
                    } else {
                        while try await search.work() {}
                        try await search.save()
                    }
                }
            }
        }
    }

    struct Synonyms: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Lists, adds and removes words that mean the same, such as 'tv = television', or 'cheap > low price' for one direction."
        )

        @OptionGroup var kind: Kind
        @Option(help: "A line to add.") var add: String?
        @Option(help: "A line to remove.") var remove: String?
        @OptionGroup(visibility: .hidden) var options: Options

        func run() async throws {
            let lines = try await self.options.withHouse { house in
                let search = try self.kind.find(in: house)
                if let line = self.add?.trimmed, !(try await search.addSynonym(line)) {
                    throw ConfigurationError("'\(line)' does not say which words mean the same")
                }
                if let line = self.remove?.trimmed, !(try await search.removeSynonym(line)) {
                    throw ConfigurationError("there is no line '\(line)'")
                }
                return try await search.listSynonyms()
            }
            for line in lines { Operator.say(line) }
        }
    }
}
