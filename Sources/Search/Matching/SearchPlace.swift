import Foundation

/// A circle on the Earth.
struct SearchPlace {
    /// Metres, the mean.
    private static let radius = 6_371_008.8

    private let latitude: Double
    private let longitude: Double
    private let metres: Double
    private let latitudes: ClosedRange<Int64>

    init(latitude: Double, longitude: Double, kilometres: Double) {
        self.latitude = latitude * .pi / 180
        self.longitude = longitude * .pi / 180
        self.metres = kilometres * 1000
        let span = self.metres / Self.radius * 180 / .pi
        func millionths(_ degrees: Double) -> Double { max(-90, min(90, degrees)) * 1_000_000 }
        let low = Int64(millionths(latitude - span).rounded(.down))
        self.latitudes = low...max(low, Int64(millionths(latitude + span).rounded(.up)))
    }

    /// - Parameters: in millionths of a degree; a latitude beyond a pole is no place.
    func contains(_ latitude: Int64, _ longitude: Int64) -> Bool {
        guard self.latitudes.contains(latitude) else { return false }
        let (other, east) = (Double(latitude) / 1e6 * .pi / 180, Double(longitude) / 1e6 * .pi / 180)
        let half = sin((other - self.latitude) / 2)
        let across = sin((east - self.longitude) / 2)
        let part = half * half + cos(self.latitude) * cos(other) * across * across
        return 2 * Self.radius * asin(min(1, part.squareRoot())) <= self.metres
    }
}
