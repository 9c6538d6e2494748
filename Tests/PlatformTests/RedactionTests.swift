import Platform
import Testing

@Suite("Redaction")
struct RedactionTests {
    private static let hex = String(repeating: "0a", count: 16)

    @Test(
        "what looks like a key is masked, and nothing else",
        arguments: [
            ("my key is sk-abcdefghijklmnop.", "my key is [REDACTED]."), ("sk-abcdefghijklmno", "sk-abcdefghijklmno"),
            ("ask-me-anything-about-it-now", "ask-me-anything-about-it-now"),
            ("ghp_abcdefghijklmnopqrst!", "[REDACTED]!"),
            ("ghp_short ghost", "ghp_short ghost"), ("AKIA0123456789ABCDEF0", "[REDACTED]0"),
            ("Authorization: Bearer abcdefghijklmnop", "Authorization: [REDACTED]"),
            ("the bearer of news", "the bearer of news"),
            ("goclaw_\(Self.hex)ff", "[REDACTED]ff"),
            ("goclaw_\(Self.hex.dropLast())", "goclaw_\(Self.hex.dropLast())"),
            ("see https://ann:pass@example.com/x", "see [REDACTED]example.com/x"),
            ("see https://example.com/a:b@c", "see https://example.com/a:b@c"), ("häß://ü:ß@x", "häß[REDACTED]x"),
            ("", ""),
        ]
    )
    func masked(_ text: String, _ expected: String) { #expect(Redaction(secrets: []).of(text) == expected) }

    @Test("a secret that is known is masked whatever it looks like")
    func known() { #expect(Redaction(secrets: ["hush"]).of("hush, hush") == "[REDACTED], [REDACTED]") }

    @Test("long texts take linear time")
    func linear() {
        for piece in ["a://", "sk-", "s", "://a:", "Bearer a"] {
            let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
            _ = Redaction(secrets: []).of(text)
        }
    }
}
