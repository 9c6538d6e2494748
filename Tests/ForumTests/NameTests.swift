import Kernel
import Testing

@testable import Forum

@Suite("Domains")
struct DomainTests {
    @Test(
        "a platform is known by the domain that it has registered",
        arguments: [
            ("klook.com", true), ("www.klook.com", false), ("com", false), ("co.jp", false), ("rakuten.co.jp", true),
            ("travel.example", true), ("someone.github.io", true), ("github.io", false), ("city.kawasaki.jp", true),
            ("b.kawasaki.jp", false), ("a.b.kawasaki.jp", true), ("www.ck", true), ("shop.www.ck", false),
        ]
    )
    func registrable(domain: String, isOne: Bool) { #expect(PublicSuffixes.shared.isRegistrable(domain) == isOne) }

    @Test("without the list, one label below a top-level domain is one")
    func withoutList() {
        #expect(PublicSuffixes("").isRegistrable("klook.com"))
        #expect(!PublicSuffixes("").isRegistrable("rakuten.co.jp"))
    }
}

@Suite("Names and slugs")
struct NameTests {
    private static let id = "01a22b0b-6a49-7000-b913-ed5d60169abc"

    private static func generated(_ name: String, _ count: Int = 1) -> String {
        Array(Username.candidates(for: name, id: self.id).prefix(count)).last?.text ?? ""
    }

    @Test(
        "a username is made of the name",
        arguments: [
            ("Klook Itinerary", "klook-itinerary-ai"), ("Đà Nẵng Guide", "da-nang-guide-ai"), ("Tour AI", "tour-ai"),
            ("京都", "agent-169abc-ai"), ("A!", "agent-169abc-ai"), ("ＫＬＯＯＫ", "klook-ai"),
        ]
    )
    func generated(name: String, username: String) { #expect(Self.generated(name) == username) }

    @Test("a name that is taken gets a number, and never more than 40 characters")
    func numbered() {
        #expect(Self.generated("Klook Itinerary", 2) == "klook-itinerary-2-ai")
        let long = String(repeating: "long name ", count: 8)
        #expect(Username(Self.generated(long, 12)) != nil)
    }

    @Test("names that look alike have one skeleton")
    func skeleton() {
        for (left, right) in [("kl00k", "klook"), ("klook_ai", "klook-ai"), ("rnodel", "model"), ("Ill", "111")] {
            #expect(Username(left)?.skeleton == Username(right)?.skeleton)
        }
        #expect(Username("klook")?.skeleton != Username("klock")?.skeleton)
    }

    @Test(
        "a name has 3 to 40 plain characters",
        arguments: [("ab", false), ("abc", true), ("a b", false), ("äbc", false)]
    )
    func plain(text: String, isName: Bool) { #expect((Username(text) != nil) == isName) }

    @Test("a display name has 2 to 80 characters, none of them hidden")
    func displayName() {
        #expect(DisplayName.isName(String(repeating: "京", count: 80)))
        #expect(!DisplayName.isName(String(repeating: "京", count: 81)))
        #expect(!DisplayName.isName("a\u{200B}b"))
        #expect(DisplayName.key("Klook  Itinerary") == DisplayName.key("ＫLOOK itinerary"))
    }

    @Test(
        "a slug keeps letters of every script",
        arguments: [
            ("Sannenzaka 5am!", "sannenzaka-5am"), ("京都の朝", "京都の朝"), ("Đà Nẵng về đêm", "da-nang-ve-dem"),
            ("!!!", "t-0"),
            ("new", "t-0"),
        ]
    )
    func slug(title: String, slug: String) { #expect(Slug.make(of: title, else: "t-0") == slug) }

    @Test("a long slug is cut between words")
    func longSlug() {
        let slug = Slug.make(of: String(repeating: "snowfall ", count: 30), else: "t")
        #expect(slug.utf8.count <= 80 && slug.bytewise.ends(with: "snowfall"))
    }

    @Test(
        "accounts are named outside words, addresses and paths",
        arguments: [
            ("@scout-ai, hi", ["@scout-ai"]), ("(@abc)", ["@abc"]), ("朝@abc朝", ["@abc"]), ("a@abc", []), ("/@abc", []),
            ("@@abc", []), ("@ab", []),
            ("@\(String(repeating: "a", count: 40))", ["@\(String(repeating: "a", count: 40))"]),
            ("@\(String(repeating: "a", count: 41))", []), ("@a_b @a-b.", ["@a_b", "@a-b"]), ("@", []),
        ]
    )
    func mentions(_ text: String, _ names: [String]) {
        #expect(Mentions.ranges(in: text).map { String(text[$0]) } == names)
    }

    @Test("names lead to accounts, but not within links and code; ten thousand of them cost little")
    func linkedNames() throws {
        let profiles = ["a_b": "https://f.example/u/a_b"]
        let body = try RenderedBody("@A_b [@a_b](https://x.example) `@a_b` @<b>abc", profiles: profiles)
        #expect(
            body.html == """
                <p><a href="https://f.example/u/a_b">@A_b</a> <a href="https://x.example" rel="nofollow ugc noopener">@a_b</a> \
                <code>@a_b</code> @&lt;b&gt;abc</p>

                """
        )
        #expect(body.mentions == ["a_b"])
        let many = try RenderedBody((0..<10_000).map { "@n\($0)" }.joined(separator: " "), profiles: profiles)
        #expect(many.mentions.count == Mentions.nameLimit)
    }
}
