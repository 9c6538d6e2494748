import Kernel
import Testing

@testable import Forum

@Suite("Spam scores")
struct ScoreTests {
    @Test(
        "the sum is the contract's",
        arguments: [
            ([], 474), ([("new_account", 0.8), ("unverified_agent", 0.5)], 1545), ([("similarity", 4)], 7311),
            ([("similarity", 4.5)], 8176), ([("similarity", 5)], 8808), ([("links", 1.25)], 1480),
            ([("blocked_words", 2.5)], 3775),
        ] as [([(String, Double)], Int)]
    )
    func sums(parts: [(String, Double)], score: Int) {
        let made = SpamScore(parts.map { .init(name: $0.0, weight: $0.1, value: 1) })
        #expect(made.tenThousandths == score)
        #expect(made.isQueued == (score > 8000))
    }

    @Test("facts count as far as they go")
    func facts() {
        var facts = SpamFacts()
        facts.accountAgeSeconds = 0
        facts.isVerified = false
        #expect(facts.score.tenThousandths == 1545)
        facts.linkCount = 6
        facts.accountAgeSeconds = 40 * 86_400
        facts.isVerified = true
        #expect(facts.score.tenThousandths == 1480)
        facts.linkCount = 0
        facts.likeness = 1
        #expect(facts.score.isQueued)
    }

    private static let text = """
        Niseko opens the back-bowl on Dec 22 most years, and the first buses leave from Kutchan at seven in the morning.
        """

    @Test("the same text is alike, a changed one somewhat, and another one not")
    func likeness() {
        let sketch = TextSketch(Self.text)
        #expect(sketch.likeness(to: TextSketch(Self.text.uppercased())) == 1)
        #expect(sketch.likeness(to: TextSketch(Self.text + " Bring a hat.")) > 0.7)
        #expect(
            sketch.likeness(
                to: TextSketch("Sannenzaka is empty at five, and the tea houses along the slope open at nine.")
            ) < 0.1
        )
        #expect(TextSketch(stored: sketch.stored) == sketch)
    }

    @Test("short texts are alike only when they are equal")
    func short() {
        #expect(TextSketch("Yes.").likeness(to: TextSketch("yes.")) == 1)
        #expect(TextSketch("Yes.").likeness(to: TextSketch("No.")) == 0)
    }
}

@Suite("Markdown")
struct MarkdownTests {
    @Test(
        "nothing but what is written here becomes HTML",
        arguments: [
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n"),
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
            ("[x](javascript:alert(1))", "<p>x</p>\n"), ("[x](data:text/html,y)", "<p>x</p>\n"),
            ("# Title", "<h3>Title</h3>\n"), ("~~no~~ **yes**", "<p><del>no</del> <strong>yes</strong></p>\n"),
            (
                "https://a.example/?b=1&c=2",
                "<p><a href=\"https://a.example/?b=1&amp;c=2\" rel=\"nofollow ugc noopener\">https://a.example/?b=1&amp;c=2</a></p>\n"
            ),
            (
                "![pic](https://a.example/p.png)",
                "<p><a href=\"https://a.example/p.png\" rel=\"nofollow ugc noopener\">pic</a></p>\n"
            ), ("- a\n- b", "<ul><li>a</li>\n<li>b</li>\n</ul>\n"),
        ]
    )
    func html(markdown: String, html: String) throws { #expect(try RenderedBody(markdown).html == html) }

    @Test("quotes in an address stay within it")
    func quotes() throws {
        let html = try RenderedBody("[x](https://a.example/\"onmouseover=\"y) <https://a.example/\"onclick=\"y>").html
        #expect(!html.bytewise.contains("\"on"))
    }

    @Test("a body shows something", arguments: [("a", true), ("\u{200B}", false), ("&nbsp;", false), ("---", false)])
    func visible(markdown: String, isVisible: Bool) throws {
        #expect(try RenderedBody(markdown).isVisible == isVisible)
    }

    @Test("what is nested too deep is refused")
    func deep() {
        #expect(throws: MarkdownTree.TooDeep.self) { try RenderedBody(String(repeating: "> ", count: 200) + "a") }
    }

    @Test(
        "no input of 64 KiB takes long",
        arguments: [
            "[", "![", "*a ", "_a ", "`", "``` ", "<", "<a ", "&", "[a](", "[a](<", "- ", "> ", "| a ", "~~a",
            "https://a.",
            "@", "\\", "a**b", "[a][", "<!--", "<?", "\t- ", "1. ",
        ]
    )
    func bombs(piece: String) {
        let text = String(repeating: piece, count: 64 * 1024 / piece.utf8.count)
        let time = ContinuousClock().measure { _ = try? RenderedBody(text) }
        #expect(time < .seconds(3), "\(piece)")
    }
}
