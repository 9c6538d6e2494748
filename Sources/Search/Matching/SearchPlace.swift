import Foundation

/// A circle on the Earth.
package struct SearchPlace {
    /// Metres, the mean.
    private static let radius = 6_371_008.8

    private let latitude: Double
    private let longitude: Double
    private let metres: Double

    package init(latitude: Double, longitude: Double, kilometres: Double) {
        self.latitude = latitude * .pi / 180
        self.longitude = longitude * .pi / 180
        self.metres = kilometres * 1000
    }

    /// Whether the place lies in the circle, or within its reach of it.
    /// - Parameters: in millionths of a degree, a latitude beyond a pole being no place; in metres.
    func contains(_ latitude: Int64, _ longitude: Int64, reach: Int64 = 0) -> Bool {
        let other = Double(latitude) / 1e6 * .pi / 180
        let span = self.metres + Double(reach)
        guard (-90_000_000...90_000_000).contains(latitude), abs(other - self.latitude) * Self.radius <= span + 1 else {
            return false
        }
        return self.distance(other, Double(longitude) / 1e6 * .pi / 180) <= span
    }

    /// Between which the places lie that the circle may hold, in millionths of a degree.
    ///
    /// - Parameter reach: the longest one, in metres.
    func latitudes(reach: Int64) -> ClosedRange<Int64> {
        // A metre more than is needed: what is near the edge is reckoned exactly.
        let span = (max(0, self.metres) + Double(max(0, reach)) + 1) / Self.radius * 180 / .pi
        let middle = self.latitude * 180 / .pi
        func millionths(_ degrees: Double) -> Double { max(-90, min(90, degrees)) * 1_000_000 }
        let low = Int64(millionths(middle - span).rounded(.down))
        return low...max(low, Int64(millionths(middle + span).rounded(.up)))
    }

    /// From the middle, in metres along the great circle.
    /// - Parameters: in degrees.
    package func metres(toLatitude latitude: Double, longitude: Double) -> Double {
        self.distance(latitude * .pi / 180, longitude * .pi / 180)
    }

    private func distance(_ latitude: Double, _ longitude: Double) -> Double {
        let half = sin((latitude - self.latitude) / 2)
        let across = sin((longitude - self.longitude) / 2)
        let part = half * half + cos(self.latitude) * cos(latitude) * across * across
        return 2 * Self.radius * asin(min(1, part.squareRoot()))
    }
}
