import Platform
import Testing

@Suite("Signal")
struct SignalTests {
    @Test("a wait lasts its time, also after one that timed out, so that an idle worker sleeps")
    func waitsAgain() async {
        let signal = Signal()
        let clock = ContinuousClock()
        for _ in 0..<3 {
            let elapsed = await clock.measure { await signal.wait(milliseconds: 60) }
            #expect(elapsed >= .milliseconds(50))
        }
    }

    @Test("a raised signal ends the wait, and is kept when nobody waits")
    func raised() async {
        let signal = Signal()
        signal.raise()
        let clock = ContinuousClock()
        #expect(await clock.measure { await signal.wait(milliseconds: 600_000) } < .seconds(300))
        let elapsed = await clock.measure {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await signal.wait(milliseconds: 600_000) }
                try? await Task.sleep(for: .milliseconds(50))
                signal.raise()
            }
        }
        #expect(elapsed < .seconds(300))
    }
}
