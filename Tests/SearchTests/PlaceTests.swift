import Testing

@testable import Search

@Suite("Places")
struct PlaceTests {
    @Test("a distance is along the great circle, also over the antimeridian")
    func distance() {
        let kyoto = SearchPlace(latitude: 35.0116, longitude: 135.7681, kilometres: 1)
        #expect(abs(kyoto.metres(toLatitude: 34.6937, longitude: 135.5023) - 42_800) < 500)
        let fiji = SearchPlace(latitude: 10, longitude: 179.9, kilometres: 1)
        #expect(fiji.metres(toLatitude: 10, longitude: -179.9) < 22_000)
    }

    @Test("a circle is met by another one that reaches into it")
    func reach() {
        let place = SearchPlace(latitude: 0, longitude: 0, kilometres: 10)
        #expect(!place.contains(100_000, 0))
        #expect(!place.contains(100_000, 0, reach: 1100))
        #expect(place.contains(100_000, 0, reach: 1120))
        #expect(!place.contains(.max, 0, reach: 200_000))
    }
}
