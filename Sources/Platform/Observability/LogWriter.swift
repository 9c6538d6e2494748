import Dispatch
import Foundation
package import Kernel
import Synchronization

/// Writes lines to a file descriptor from a thread of its own, so that nobody who logs waits for a disk or a pipe, and nothing
/// that is wrong with them ends the process.
///
/// Lines that repeat within ``quietSeconds`` are counted in one line. Beyond ``queueLimit`` waiting lines, further lines are dropped and
/// counted. The next line that gets through says how many.
package final class LogWriter: Sendable {
    static let queueLimit = 10_000
    static let quietSeconds: Int64 = 10
    /// Different lines whose repetitions are counted.
    private static let repeatLimit = 1000

    /// To standard error.
    package static let standardError = LogWriter(descriptor: 2)

    private struct Repeated {
        let since: Timestamp
        var count = 0
        let summary: @Sendable (Int) -> [UInt8]
    }

    private struct State {
        var lines: [[UInt8]] = []
        var lost = 0
        var repeated: [String: Repeated] = [:]
        var isAsleep = false
        var isBusy = false
    }

    private let state = Mutex(State())
    private let alarm = DispatchSemaphore(value: 0)
    private let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        // A pipe that its reader has closed is an error of the write, and no signal that ends the process.
        signal(SIGPIPE, SIG_IGN)
        let thread = Thread { self.run() }
        thread.name = "souk.log"
        thread.start()
    }

    /// Takes a line to be written.
    ///
    /// - Parameters:
    ///   - key: what lines have in common that say the same.
    ///   - summary: the line that says how often it came again.
    package func write(
        _ line: [UInt8],
        key: String,
        at now: Timestamp,
        summary: @escaping @Sendable (Int) -> [UInt8]
    ) {
        let mustWake = self.state.withLock { state in
            self.sumUp(&state, now)
            if state.repeated[key] != nil {
                state.repeated[key]?.count += 1
                return false
            }
            if state.repeated.count < Self.repeatLimit {
                state.repeated[key] = Repeated(since: now, summary: summary)
            }
            self.append(line, to: &state)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { self.alarm.signal() }
    }

    /// Takes a line to be written, whatever was said before.
    package func write(_ line: [UInt8]) {
        let mustWake = self.state.withLock { state in
            self.append(line, to: &state)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { self.alarm.signal() }
    }

    private func append(_ line: [UInt8], to state: inout State) {
        if state.lines.count < Self.queueLimit { state.lines.append(line) } else { state.lost += 1 }
    }

    /// Says of lines whose time has passed how often they came again.
    private func sumUp(_ state: inout State, _ now: Timestamp, all: Bool = false) {
        for (key, repeated) in state.repeated
        where all || now.seconds(since: repeated.since) >= Self.quietSeconds || now < repeated.since {
            state.repeated[key] = nil
            if repeated.count > 0 { self.append(repeated.summary(repeated.count), to: &state) }
        }
    }

    /// Returns when what was taken so far has been written or given up, or after the time.
    package func flush(milliseconds: Int = 1000) {
        let mustWake = self.state.withLock { state in
            self.sumUp(&state, WallClock.system.now(), all: true)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { self.alarm.signal() }
        for _ in 0..<milliseconds {
            if self.state.withLock({ $0.lines.isEmpty && !$0.isBusy }) { return }
            usleep(1000)
        }
    }

    // MARK: The thread

    private func run() {
        while true {
            let (lines, lost) = self.state.withLock { state in
                defer {
                    state.lines = []
                    state.lost = 0
                }
                state.isBusy = !state.lines.isEmpty
                state.isAsleep = state.lines.isEmpty
                return (state.lines, state.lost)
            }
            if lines.isEmpty {
                if self.alarm.wait(timeout: .now() + .seconds(Int(Self.quietSeconds))) == .timedOut {
                    self.state.withLock { self.sumUp(&$0, WallClock.system.now()) }
                }
                continue
            }
            var text = Array(lines.joined())
            if lost > 0 {
                text += "{\"level\":\"warning\",\"lost\":\"\(lost)\",\"message\":\"log lines were lost\"}\n".utf8
            }
            Self.write(text, to: self.descriptor)
        }
    }

    /// What cannot be written is dropped: there is nowhere to say so.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EAGAIN {
                usleep(10_000)
            } else if written == 0 || errno != EINTR {
                return
            }
        }
    }
}
