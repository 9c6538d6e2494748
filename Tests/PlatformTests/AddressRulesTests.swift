import HTTPTypes
import HummingbirdCore
import Kernel
import Platform
import TestKit
import Testing

@Suite("Which addresses may be reached")
struct AddressRulesTests {
    @Test(
        "private, loopback, link-local, metadata and mapped addresses are refused",
        arguments: [
            "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1", "0.0.0.0", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::",
            "::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
            "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "::ffff:0:7f00:1",
        ]
    )
    func refused(address: String) {
        let bytes = AddressRules.bytes(of: address)!
        #expect(!(bytes.count == 4 ? AddressRules.isPublic(v4: bytes) : AddressRules.isPublic(v6: bytes)))
    }

    @Test(
        "public addresses are reached",
        arguments: ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]
    )
    func allowed(address: String) {
        let bytes = AddressRules.bytes(of: address)!
        #expect(bytes.count == 4 ? AddressRules.isPublic(v4: bytes) : AddressRules.isPublic(v6: bytes))
    }

    @Test(
        "every spelling of a private host is refused before anything is sent",
        arguments: [
            "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
            "http://127.0.0.1.:80/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
            "http://localhost/",
            "http://LOCALHOST:8080/", "http://localhost./", "http://127.0.0.1./", "http://metadata.google.internal/",
            "http://metadata/",
            "http://router.local/", "http://0/", "http://169.254.169.254/latest/meta-data",
        ]
    )
    func spellings(url: String) async {
        let outbound = Outbound(allowedHosts: [], clock: .system)
        await #expect(throws: OutboundError.self) { try await outbound.check(url) }
        await #expect(throws: OutboundError.self) {
            try await outbound.send(OutboundRequest(method: "GET", url: url), timeoutSeconds: 2)
        }
        await outbound.close()
    }

    @Test(
        "what is no plain http URL is refused",
        arguments: [
            "", "ftp://a.example/", "http://", "http:///x", "//a.example", "http://user:pw@a.example/",
            "http://a.example/\u{e9}", "file:///etc/passwd", "http://a.example:99999/", "http://a.example:0/",
            "http://a b/", "https://[v1.a]:9310/",
        ]
    )
    func badURLs(url: String) { #expect(throws: OutboundError.badURL) { try Outbound.host(of: url) } }

    @Test("an allowed host is reached, redirects are not followed, and the time is kept")
    func allowedHost() async throws {
        try await FakeHost.serving({ request in
            if request.path == "/slow" { try await Task.sleep(for: .seconds(5)) }
            if request.path == "/away" {
                return .init(status: .found, headers: [.location: "http://127.0.0.1:1/"])
            }
            return FakeHost.json(200, ["ok": true])
        }) { host async throws in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            // Only the slow one may run out of time, however busy the machine is.
            let get = { (path: String, limit: Int, seconds: Int64) in
                try await outbound.collect(
                    OutboundRequest(method: "GET", url: host.url + path),
                    timeoutSeconds: seconds,
                    limit: limit
                )
            }
            #expect(try await get("/", 100, 60).status == 200)
            #expect(try await get("/away", 100, 60).status == 302)
            await #expect(throws: OutboundError.tooLarge) { try await get("/", 3, 60) }
            await #expect(throws: OutboundError.timeout) { try await get("/slow", 100, 1) }
            await outbound.close()
        }
    }
}
