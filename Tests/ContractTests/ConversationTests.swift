import Foundation
import TestKit
import Testing

@Suite("Golden conversations")
struct ConversationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Contracts")
    static let conversations = Conversation.all(in: folder)
    private static let isRecording = ProcessInfo.processInfo.environment["SOUK_RECORD"] != nil

    @Test("answers as recorded", arguments: conversations)
    func conversation(_ conversation: Conversation) async throws {
        let answers = try await FakeHost.serving { upstream in
            try await conversation.play(on: try await TestServer(), upstream: upstream.url)
        }
        if Self.isRecording {
            try conversation.text(answers: answers).write(to: conversation.file, atomically: true, encoding: .utf8)
        }
        for (exchange, answer) in zip(conversation.exchanges, answers) where !Self.isRecording {
            #expect(answer == exchange.answer, "\(exchange.title)")
        }
        #expect(answers.count == conversation.exchanges.count)
    }

    @Test("there are conversations to play")
    func conversationsExist() { #expect(Self.conversations.count >= 8) }
}
