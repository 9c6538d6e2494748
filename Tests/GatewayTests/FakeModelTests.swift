import Foundation
import ServerTestKit
import TestKit
import Testing

@Suite("The fake model")
struct FakeModelTests {
    @Test("Anthropic's own package reads its answers as those of the real servers")
    func officialClient() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let python = root.appending(path: ".venv/bin/python").path
        try #require(FileManager.default.fileExists(atPath: python), "scripts/setup --tests makes it")
        try await FakeHost.serving(FakeModel.answer) { host in
            let (status, said) = try await Self.run(
                python,
                [root.appending(path: "Tests/Clients/fake_model_anthropic.py").path, host.url]
            )
            #expect(status == 0, "\(said)")
        }
    }

    /// On a thread of its own, because it waits.
    private static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, said: String) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let process = Process()
                process.executableURL = URL(filePath: program)
                process.arguments = arguments
                let pipe = Pipe()
                process.standardError = pipe
                continuation.resume(
                    with: Result {
                        try process.run()
                        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                        process.waitUntilExit()
                        return (process.terminationStatus, said)
                    }
                )
            }
        }
    }
}
