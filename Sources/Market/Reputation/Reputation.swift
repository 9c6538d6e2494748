import Kernel

/// Scores from 0 to 10, computed from usage alone: how fast, how reliable, how good the answers are.
struct Reputation: Sendable, Equatable {
    let latency: Double
    let reliability: Double
    let quality: Double
    let calls: Int64

    /// Without calls every score is 0.
    init(_ figures: Figures) {
        self.calls = figures.calls
        guard figures.calls > 0 else {
            (self.latency, self.reliability, self.quality) = (0, 0, 0)
            return
        }
        let calls = Double(figures.calls)
        self.latency = Self.clamp(10 - Double(figures.latencyMilliseconds) / calls / 1000)
        self.reliability = Self.clamp(Double(figures.successes) / calls * 100 / 10)
        self.quality = Self.clamp((1 - Double(figures.errors) / calls) * 10)
    }

    /// 30 % latency, 40 % reliability, 30 % quality.
    var overall: Double { 0.3 * self.latency + 0.4 * self.reliability + 0.3 * self.quality }

    static func hundredths(_ score: Double) -> Int { Int(nearest: score * 100) }

    private static func clamp(_ score: Double) -> Double { min(max(score, 0), 10) }
}
