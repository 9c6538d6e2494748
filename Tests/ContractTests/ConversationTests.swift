import Commerce
import Foundation
import Gateway
import Kernel
import Platform
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("Golden conversations")
struct ConversationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Contracts")
    static let conversations = Conversation.all(in: folder)
    private static let isRecording = ProcessInfo.processInfo.environment["SOUK_RECORD"] != nil

    /// Recorded on SQLite, and the same on every engine.
    @Test("answers as recorded", arguments: conversations, isRecording ? [.sqlite] : Engine.available)
    func conversation(_ conversation: Conversation, _ engine: Engine) async throws {
        let payPal = try FakePayPal()
        let answers = try await FakeHost.serving(payPal.answer) { payPalHost in
            try await FakeHost.serving(FakeModel.answer) { model in
                try await FakeHost.serving { upstream in
                    let settings = Self.settings(of: conversation, payPal: payPalHost.url, model: model.url)
                    let server = try await TestServer(engine: engine, settings: settings)
                    return try await conversation.play(
                        on: server,
                        upstream: upstream.url,
                        model: model.url,
                        payPal: payPal
                    )
                }
            }
        }
        if Self.isRecording {
            try conversation.text(answers: answers).write(to: conversation.file, atomically: true, encoding: .utf8)
        }
        for (exchange, answer) in zip(conversation.exchanges, answers) where !Self.isRecording {
            #expect(answer == exchange.answer, "\(exchange.title) on \(engine)")
        }
        #expect(answers.count == conversation.exchanges.count)
    }

    /// The other conversations show a server whose operator has set nothing.
    private static func settings(of conversation: Conversation, payPal: String, model: String) -> [Setting: String] {
        if conversation.name.hasSuffix("rails.http") { return FakePayPal.settings(url: payPal) }
        if conversation.name.hasPrefix("commerce") {
            return [.exchangeRates: "2026-03-01 CNY=0.14 EUR=1.09 JPY=0.0065"]
        }
        guard conversation.name.hasPrefix("gateway") else { return [:] }
        let known = Dictionary(uniqueKeysWithValues: Gateway.settings.map { ($0.name, $0) })
        let limit = conversation.name.hasSuffix("limits.http") ? ["gateway_rate_limit_rpm": "60"] : [:]
        let given = ["gateway_token": Conversation.gatewayToken, "gateway_provider_origins": model]
        return Dictionary(uniqueKeysWithValues: given.merging(limit) { $1 }.map { (known[$0.key]!, $0.value) })
    }

    @Test("there are conversations to play")
    func conversationsExist() { #expect(Self.conversations.count >= 8) }
}
