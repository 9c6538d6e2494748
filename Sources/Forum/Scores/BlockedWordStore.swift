import Kernel
import Platform
import Storage

struct BlockedWordStore {
    let tx: Transaction

    static let limit = 5000

    func list() throws -> BlockedWords {
        let words = try self.tx.rows(
            "SELECT language, word FROM forum_blocked ORDER BY language, word LIMIT \(Self.limit)"
        ) { BlockedWords.Word(language: try $0.column(), text: try $0.column()) }
        return BlockedWords(words: words)
    }

    /// Throws `blockedLimit`.
    func insert(_ word: BlockedWords.Word) throws {
        let count = try self.tx.value("SELECT COUNT(*) FROM forum_blocked", as: Int.self) ?? 0
        guard count < Self.limit else { throw ForumProblems.blockedLimit }
        try self.tx.execute(
            """
            INSERT INTO forum_blocked (language, word) VALUES (\(word.language), \(word.text))
            ON CONFLICT (language, word) DO NOTHING
            """
        )
        try self.tx.invalidate(WordFilter.blockedTopic, "")
    }

    func delete(_ word: BlockedWords.Word) throws {
        try self.tx.execute(
            "DELETE FROM forum_blocked WHERE language = \(word.language) AND word = \(word.text)"
        )
        try self.tx.invalidate(WordFilter.blockedTopic, "")
    }
}

extension Transaction {
    var blockedWords: BlockedWordStore { BlockedWordStore(tx: self) }
}
