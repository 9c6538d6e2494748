import Kernel
import Testing

@Suite("Timestamps and identifiers")
struct TimestampTests {
    @Test(
        "RFC 3339 and its common relatives are read",
        arguments: [
            ("2026-03-19T10:00:00Z", "2026-03-19T10:00:00.000000+00:00"),
            ("2026-03-19T10:00:00.123456+00:00", "2026-03-19T10:00:00.123456+00:00"),
            ("2026-03-19T12:30:00+02:30", "2026-03-19T10:00:00.000000+00:00"),
            ("2026-03-19", "2026-03-19T00:00:00.000000+00:00"), ("2024-02-29", "2024-02-29T00:00:00.000000+00:00"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000+00:00"),
        ]
    )
    func reads(text: String, canonical: String) { #expect(Timestamp(text: text)?.text == canonical) }

    @Test(
        "what is no date is refused",
        arguments: ["", "2026-13-01", "2026-02-29", "2026-03-19T24:00:00Z", "yesterday", "2026-03-19T10:00:00Zx"]
    )
    func refuses(text: String) { #expect(Timestamp(text: text) == nil) }

    @Test("identifiers of one process sort as they were made, also within a millisecond")
    func idsSort() {
        let ids = IDGenerator.system { Timestamp(seconds: 1_700_000_000) }
        let made = (0..<10_000).map { _ in ids.uuid() }
        #expect(made == made.sorted())
        #expect(Set(made).count == made.count)
        #expect(made[0].count == 36)
        #expect(Array(made[0])[14] == "7")
    }

    @Test("a cursor survives its text, and nonsense is no cursor")
    func cursor() {
        let cursor = Cursor(key: 1_234_567, id: "msg_1.x")
        #expect(Cursor(text: cursor.text) == cursor)
        #expect(Cursor(text: "!") == nil)
    }

    @Test("JSON deeper than 64 levels is refused before it is read")
    func depth() throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try JSON.read(Array(nested(64).utf8))
        #expect(throws: JSON.TooDeep.self) { try JSON.read(Array(nested(65).utf8)) }
    }
}
