import HTTPTypes
import Hummingbird
import Testing

@testable import Web

@Suite("The one reading of a path")
struct RequestPathTests {
    private static let paths = RequestPath([
        (
            "/market",
            [
                Endpoint(
                    raw: .get,
                    "/api/v1/proxy/{service_id}/{path}",
                    "",
                    tag: "",
                    access: .open,
                    takesRestOfPath: true,
                    answers: []
                ) { _ in
                    .init(status: .ok)
                }
            ]
        )
    ])

    @Test(
        "paths as this server writes them",
        arguments: [
            "/", "/market", "/market/", "/market/api/v1/keys", "/market/api/v1/keys/", "/market/api/v1/keys?a=//b/../c",
            "/market/services/a%20b", "/market/api/v1/proxy/1/", "/market/api/v1/proxy/1/a//b/",
            "/market/api/v1/proxy/1//",
            "/market/api/v1/proxy/1/a/../b", "/market/api/v1/proxy/1/%2e%2e/x", "/.well-known/x",
            "/market/a.b", "/market/..a", "/market/%C3%A9", "http://proxy/market/api/v1/keys", "https://host",
        ]
    )
    func canonical(path: String) { #expect(Self.paths.read(path) != .ambiguous) }

    @Test(
        "a slash at the end leads to the path without it",
        arguments: [
            ("/market/api/v1/keys/?a=1", "/market/api/v1/keys?a=1"), ("/metrics/", "/metrics"), ("/market/", nil),
            ("/", nil),
            ("/market", nil), ("/market/api/v1/proxy/1/", nil), ("/market/api/v1/proxy/1/a/", nil),
            ("http://host/docs/", "/docs"),
        ] as [(String, String?)]
    )
    func slashes(path: String, other: String?) {
        #expect(Self.paths.read(path) == other.map { .slashed($0) } ?? .proper)
    }

    @Test(
        "paths that could be read in two ways",
        arguments: [
            "", "market", "*", "//", "//market/api/v1/keys", "/market//api/v1/keys", "/market/api//v1/keys",
            "/market/api/v1/keys//",
            "/./market", "/market/./api", "/market/../market/api", "/market/%2e/api", "/market/%2E%2e/api",
            "/market/.;x/api",
            "/market/..;/api", "/market\\api", "/market/%5capi", "/market%2fapi/v1/keys", "/market/a%00b",
            "/market/api/v1/proxy//a", "/market/api/v1/proxy/../keys", "//market/api/v1/proxy/1/a",
            "http://host//market/api/v1/keys",
        ]
    )
    func ambiguous(path: String) { #expect(Self.paths.read(path) == .ambiguous) }

    @Test(
        "a path that is not percent-encoded UTF-8 is unreadable",
        arguments: ["/market/%ff", "/market/%", "/market/%c3%28/a"]
    )
    func unreadable(path: String) { #expect(Self.paths.read(path) == .unreadable) }
}
