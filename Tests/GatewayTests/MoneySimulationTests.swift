import Foundation
import Storage
import TestKit
import Testing

@Suite("Budgets in any order, with crashes between any two steps")
struct MoneySimulationTests {
    /// By hand: `SIMULATION_STEPS=100000 SIMULATION_SEED=7 swift test --filter MoneySimulationTests`.
    private static let environment = ProcessInfo.processInfo.environment
    private static let steps = Int(Self.environment["SIMULATION_STEPS"] ?? "") ?? 2_500
    private static let seed = UInt64(Self.environment["SIMULATION_SEED"] ?? "") ?? UInt64.random(in: 1...1_000_000)

    @Test("what models cost is never more than a budget, and never less than the truth", arguments: Engine.available)
    func anyOrder(_ engine: Engine) async throws {
        let steps = engine == .sqlite ? Self.steps : Self.steps / 4
        print("money simulation: seed \(Self.seed), \(steps) steps on \(engine)")
        let figures = try await MoneySimulation.run(seed: Self.seed, steps: steps, engine: engine)
        #expect(figures["completed"] ?? 0 > 0)
        let told = figures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print("money simulation: \(told.joined(separator: ", "))")
    }
}
