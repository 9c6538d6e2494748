import Foundation

/// Where a subdivision or country lies at the most, in degrees, its edges included.
struct PlaceBox: Sendable, Equatable {
    let south: Double
    let north: Double
    let west: Double
    let east: Double

    init(_ south: Double, _ north: Double, _ west: Double, _ east: Double) {
        (self.south, self.north, self.west, self.east) = (south, north, west, east)
    }

    /// Metres of a degree of latitude.
    private static let metresPerDegree = 111_320.0

    /// Whether the place lies within the box, or within its radius of it.
    func holds(latitude: Double, longitude: Double, radiusM: Int) -> Bool {
        let up = Double(radiusM) / Self.metresPerDegree
        let along = Double(radiusM) / (Self.metresPerDegree * max(cos(latitude * .pi / 180), 0.01))
        guard self.south - up <= latitude, latitude <= self.north + up else { return false }
        return [-360.0, 0, 360].contains { turn in
            self.west - along <= longitude + turn && longitude + turn <= self.east + along
        }
    }
}
