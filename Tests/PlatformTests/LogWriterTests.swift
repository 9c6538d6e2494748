import Foundation
import Kernel
import Platform
import Testing

@Suite("The log")
struct LogWriterTests {
    private static func bytes(_ text: String) -> [UInt8] { Array("\(text)\n".utf8) }

    /// A copy of the pipe's descriptor, which is never closed. The writer's thread outlives the test. If the pipe were closed, another
    /// test's file could get its number, and late lines would go there.
    private static func duplicate(_ pipe: Pipe) -> Int32 { dup(pipe.fileHandleForWriting.fileDescriptor) }

    @Test("repeated lines are counted and summed up; others are written as they come")
    func repetitions() throws {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let now = Timestamp(seconds: 0)
        for number in 0..<100 {
            writer.write(Self.bytes("same \(number)"), key: "same", at: now) { Self.bytes("again \($0)") }
        }
        writer.write(Self.bytes("other"), key: "other", at: now) { Self.bytes("again \($0)") }
        writer.write(Self.bytes("same, later"), key: "same", at: now.adding(seconds: 11)) { Self.bytes("again \($0)") }
        writer.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "same 0\nother\nagain 99\nsame, later\n")
    }

    @Test(
        "a reader that has gone, a full disk and a closed descriptor end nothing and hold nobody up",
        arguments: ["gone", "full", "closed"]
    )
    func failures(kind: String) throws {
        let pipe = Pipe()
        let descriptor: Int32
        switch kind {
        case "gone":
            descriptor = Self.duplicate(pipe)
            try pipe.fileHandleForReading.close()
        case "full": descriptor = open("/dev/full", O_WRONLY)
        default: descriptor = 9999
        }
        let writer = LogWriter(descriptor: descriptor)
        for number in 0..<1000 {
            writer.write(Self.bytes("line \(number)"), key: "\(number)", at: Timestamp(seconds: 0)) {
                Self.bytes("\($0)")
            }
        }
        writer.flush()
    }

    @Test("a pipe that nobody empties holds nobody up, and what is lost is counted")
    func stuck() throws {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: Self.duplicate(pipe))
        let line = Self.bytes(String(repeating: "x", count: 200))
        let time = ContinuousClock().measure {
            for number in 0..<30_000 { writer.write(line, key: "\(number)", at: Timestamp(seconds: 0)) { _ in [] } }
        }
        #expect(time < .seconds(10))
    }
}
