import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The filter of words, and what the operator has blocked.
struct FilterRoutes: Sendable {
    static let tag = "Word filter"
    private static let base = "/api/forum/v1/moderation/filter"

    let training: WordTraining
    let database: any Database

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.base, tag: Self.tag, self.show),
            Endpoint(.post, "\(Self.base)/train", tag: Self.tag, status: .accepted, self.train),
            Endpoint(.post, "\(Self.base)/versions/{version}/activate", tag: Self.tag, self.activate),
            Endpoint(.get, "\(Self.base)/blocked", tag: Self.tag, self.blocked),
            Endpoint(.post, "\(Self.base)/blocked", tag: Self.tag, self.block),
            Endpoint(.post, "\(Self.base)/blocked/removal", tag: Self.tag, self.unblock),
        ]
    }

    var show: Operation<NoInput, FilterOutput> {
        Operation("Show the filter of words", access: .moderators) { (_: NoInput, _: Caller, _: Call) in
            try await self.database.read { try FilterOutput(in: $0) }
        }
    }

    /// It takes longer than a request: how far it is, `training` says.
    var train: Operation<NoInput, FilterOutput> {
        Operation("Train the filter anew", access: .moderators, effect: .write) {
            (_: NoInput, caller: Caller, call: Call) in
            try await self.training.begin(by: caller, call.trace)
            return try await self.database.read { try FilterOutput(in: $0) }
        }
    }

    struct VersionInput: Input {
        let version: Int64
        init(_ read: inout InputReader) {
            self.version = Int64(read.path("version", "A training", schema: ["pattern": "^[0-9]+$"])) ?? 0
        }
    }

    var activate: Operation<VersionInput, FilterOutput> {
        Operation("Use a training", access: .moderators, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                guard try tx.models.find(input.version) != nil else { throw ForumProblems.versionNotFound }
                try tx.models.activate(input.version)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "filter.activated",
                    subject: "\(input.version)",
                    trace: call.trace
                )
                return try FilterOutput(in: tx)
            }
        }.refusing(ForumProblems.versionNotFound)
    }

    // MARK: Blocked words

    var blocked: Operation<NoInput, BlockedList> {
        Operation("List blocked words and hosts", access: .moderators) { (_: NoInput, _: Caller, _: Call) in
            BlockedList(words: try await self.database.read { try $0.blockedWords.list().words })
        }
    }

    struct WordInput: Input {
        let word: BlockedWords.Word

        init(_ read: inout InputReader) {
            let kinds = Language.codes + [BlockedWords.hosts]
            let language = read.body("language", .string, "en, vi, ja, zh, or host for a host", .oneOf(kinds))
            let text = read.body("word", .string, "The word or the host", .notBlank(), .line(), .atMost(100)).trimmed
            self.word = BlockedWords.Word(language: language, text: text.lowercased())
            if language == BlockedWords.hosts, !text.isEmpty {
                read.require(HostName.isName(text), "word", FieldRule("host_name"))
            }
        }
    }

    var block: Operation<WordInput, BlockedList> {
        Operation("Block a word or a host", access: .moderators, effect: .write) { input, caller, call in
            try await self.change(input.word, "word.blocked", caller, call) { try $0.blockedWords.insert(input.word) }
        }.refusing(ForumProblems.blockedLimit)
    }

    var unblock: Operation<WordInput, BlockedList> {
        Operation("Take a word or a host off the list", access: .moderators, effect: .write) { input, caller, call in
            try await self.change(input.word, "word.unblocked", caller, call) { try $0.blockedWords.delete(input.word) }
        }
    }

    private func change(
        _ word: BlockedWords.Word,
        _ action: String,
        _ caller: Caller,
        _ call: Call,
        _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> BlockedList {
        try await self.database.write { tx in
            try body(tx)
            try tx.audit.record(
                actor: caller.credential,
                action: action,
                subject: word.language,
                detail: word.text,
                trace: call.trace
            )
            return BlockedList(words: try tx.blockedWords.list().words)
        }
    }
}

struct FilterOutput: Answer {
    let active: WordModel?
    let newest: WordModel?
    let training: Job?

    init(in tx: Transaction) throws {
        (self.active, self.newest) = (try tx.models.active(), try tx.models.newest())
        self.training = try WordTraining.newest(in: tx)
    }

    static let members: [Member<Self>] = [
        Member("activeVersion", { $0.active?.version }, "The training that is used; null for none", example: 3),
        Member("newestVersion", { $0.newest?.version }, "The last training", example: 3),
        Member(
            "training",
            { $0.training?.state.rawValue },
            "running, completed or failed; null before the first one",
            example: "completed"
        ),
        Member("trainingSince", { $0.training.map { $0.createdAt.utc } }, "When the last one began"),
        Member("trainedAt", { $0.newest.map { $0.trainedAt.utc } }, "When that was"),
        Member("spamPosts", { $0.newest?.counts.spamPosts ?? 0 }, "Posts that it has learned spam from", example: 120),
        Member("goodPosts", { $0.newest?.counts.goodPosts ?? 0 }, "Posts that it has learned good from", example: 120),
        Member("least", { _ in WordCounts.least }, "With fewer of either kind, words do not count", example: 50),
        Member(
            "figures",
            { $0.newest?.figures ?? [:] },
            "Of the last training, on posts that it has not seen",
            example: [:]
        ),
    ]
}

struct BlockedList: Answer {
    let words: [BlockedWords.Word]
    static let members: [Member<Self>] = [
        Member("blocked", { $0.words.map { BlockedOutput(word: $0) } }, "By language")
    ]
}

struct BlockedOutput: Answer {
    let word: BlockedWords.Word
    static let members: [Member<Self>] = [
        Member("language", \.word.language, "en, vi, ja, zh, or host", example: "en"),
        Member("word", \.word.text, "The word or the host", example: "casino"),
    ]
}
