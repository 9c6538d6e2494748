import Testing

@testable import Web

@Suite("Who asks, behind proxies")
struct TrustedProxiesTests {
    @Test(
        "the nearest address that no trusted proxy stands at",
        arguments: [
            ("10.0.0.1", ["1.2.3.4"], "1.2.3.4"), ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", ["1.2.3.4, 10.0.0.2", "10.0.0.3"], "1.2.3.4"), ("10.0.0.1", [], "10.0.0.1"),
            ("5.5.5.5", ["1.2.3.4"], "5.5.5.5"), ("10.0.0.1", ["1.2.3.4:5678"], "1.2.3.4"),
            ("10.0.0.1", ["[2001:db8::1]:5678"], "2001:db8::1"), ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.1", ["1.2.3.4, unknown"], "10.0.0.1"), ("::ffff:10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ] as [(String, [String], String)]
    )
    func client(socket: String, forwarded: [String], expected: String) throws {
        let proxies = try TrustedProxies(["10.0.0.0/8"])
        #expect(proxies.clientAddress(socket: socket, forwarded: forwarded) == expected)
    }
}
