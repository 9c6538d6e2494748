import Kernel
import Testing

@testable import Web

@Suite("The time zone of a page")
struct PageTimeZoneTests {
    @Test(
        "a moment is shown by the clock of the zone, in summer and in winter",
        arguments: [
            ("UTC", 1_752_580_800, "2025-07-15 12:00:00"), ("Asia/Tokyo", 1_752_580_800, "2025-07-15 21:00:00"),
            ("Europe/Berlin", 1_752_580_800, "2025-07-15 14:00:00"),
            ("Europe/Berlin", 1_736_942_400, "2025-01-15 13:00:00"),
            ("Asia/Kathmandu", 1_752_580_800, "2025-07-15 17:45:00"),
            ("America/New_York", 1_741_503_599, "2025-03-09 01:59:59"),
            ("America/New_York", 1_741_503_600, "2025-03-09 03:00:00"),
        ]
    )
    func text(zone: String, seconds: Int64, shown: String) throws {
        #expect(try #require(PageTimeZone(identifier: zone)).text(of: Timestamp(seconds: seconds)) == shown)
    }

    @Test(
        "a name that is not in the list is no time zone",
        arguments: ["", "Mars/Olympus", "../../etc/passwd", "utc", "UTC\r\nSet-Cookie: a=b"]
    )
    func unknown(name: String) {
        #expect(PageTimeZone(identifier: name) == nil)
    }

    @Test("every zone on the list can be chosen")
    func all() {
        #expect(PageTimeZone.identifiers.count > 300)
        for name in PageTimeZone.identifiers {
            #expect(PageTimeZone(identifier: name)?.name == name)
        }
    }
}
