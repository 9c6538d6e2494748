import Foundation
import Storage
import TestKit
import Testing

@Suite("Calls in any order, with crashes between any two steps")
struct CallSimulationTests {
    /// By hand: `SIMULATION_STEPS=10000000 SIMULATION_SEED=7 swift test --filter CallSimulationTests`.
    private static let environment = ProcessInfo.processInfo.environment
    private static let steps = Int(Self.environment["SIMULATION_STEPS"] ?? "") ?? 100_000
    private static let seed = UInt64(Self.environment["SIMULATION_SEED"] ?? "") ?? UInt64.random(in: 1...1_000_000)

    /// What the holds stand in is decided by the engine that the database says it is.
    @Test("every delivered call is charged once, and nothing else is", arguments: [Engine.sqlite, .postgres])
    func anyOrder(engine: Engine) async throws {
        let steps = Self.steps / 2
        let seed = Self.seed
        print("call simulation: seed \(seed), \(steps) steps, holds in \(engine == .sqlite ? "memory" : "rows")")
        try await CallSimulation.open(seed: seed, engine: engine) { simulation in
            try await simulation.run(steps: steps)
            #expect(simulation.deliveredCount > 0)
            print("call simulation: \(simulation.told)")
        }
    }
}
