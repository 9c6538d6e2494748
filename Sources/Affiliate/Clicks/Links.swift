import Kernel
import Platform
import Web

/// Addresses and tags that lead from a publisher to an advertiser.
struct Links: Sendable {
    /// What the landing page gets, and gives back with the order.
    static let clickParameter = "souk_click"

    /// Where browsers reach this surface, without a slash at the end.
    let publicURL: String
    let references: ClickReference

    func tracking(_ code: String) -> String { "\(self.publicURL)/t/\(code)" }

    /// Leads to the landing page of a click that is recorded already.
    func tracking(_ code: String, click: ClickID) -> String {
        "\(self.tracking(code))?click=\(self.references.text(click))"
    }

    func script(_ code: String) -> String { "\(self.publicURL)/js/\(code)" }

    /// The landing page with the click's id.
    func landing(_ url: String, click: ClickID) -> String {
        LinkParameter.adding(Self.clickParameter, self.references.text(click), to: url)
    }

    /// A link with the word that Japan's rules against hidden advertising ask for (in force since October 2023).
    ///
    /// - Parameter product: whose own page is landed on.
    func html(_ code: String, _ title: String, product: CreativeID? = nil) -> String {
        let address = self.tracking(code) + (product.map { "?creative=\($0)" } ?? "")
        let tag: Markup = """
            <a href="\(address)" rel="sponsored noopener" target="_blank">\(title)</a> <span>PR</span>
            """
        return tag.text
    }

    func html(_ code: String, banner: Creative) -> String {
        let width: Markup? = banner.width.map { " width=\"\($0)\"" }
        let height: Markup? = banner.height.map { " height=\"\($0)\"" }
        let tag: Markup = """
            <a href="\(self.tracking(code))" rel="sponsored noopener" target="_blank"><img src="\(banner.url)" alt="\(banner.title)"\(width)\(height)></a> <span>PR</span>
            """
        return tag.text
    }

    func js(_ code: String) -> String {
        let tag: Markup = "<script src=\"\(self.script(code))\" async></script>"
        return tag.text
    }

    /// What the script tag runs: it puts the same link where it stands.
    func javaScript(_ code: String, _ title: String) -> String {
        let values: JSONValue = ["url": .string(self.tracking(code)), "title": .string(title)]
        // `</script` and line separators cannot end the text early.
        let safe = JSON.text(of: values).bytewise.replacing("<", with: "\\u003c")
            .bytewise.replacing("\u{2028}", with: "\\u2028").bytewise.replacing("\u{2029}", with: "\\u2029")
        return """
            (function () {
              var values = \(safe), script = document.currentScript, link = document.createElement("a"), label = document.createElement("span");
              link.href = values.url; link.rel = "sponsored noopener"; link.target = "_blank"; link.textContent = values.title;
              label.textContent = " PR";
              script.parentNode.insertBefore(link, script); script.parentNode.insertBefore(label, script);
            })();

            """
    }

    func all(_ partnership: Partnership, _ creatives: [Creative]) -> PartnershipLinks {
        let (code, title) = (partnership.trackingCode, partnership.programName)
        return PartnershipLinks(
            partnership: partnership,
            url: self.tracking(code),
            html: self.html(code, title),
            script: self.js(code),
            disclosure: Self.disclosure(title),
            englishDisclosure: Self.englishDisclosure(title),
            creatives: creatives.map { creative in
                let tag =
                    creative.kind == .banner
                    ? self.html(code, banner: creative)
                    : self.html(code, creative.title, product: creative.kind == .product ? creative.id : nil)
                return PartnershipLinks.Entry(output: CreativeOutput(creative: creative), html: tag)
            }
        )
    }

    private static func disclosure(_ program: String) -> String {
        "【広告・PR】この記事には「\(program)」のアフィリエイト広告（プロモーション）が含まれており、リンク経由の購入・登録により当サイトが報酬を受け取ることがあります。"
    }

    private static func englishDisclosure(_ program: String) -> String {
        "Advertisement (PR): this page holds affiliate links to “\(program)”. We may be paid when you buy or sign up through them."
    }
}

/// All links of a partnership.
struct PartnershipLinks: Answer {
    let partnership: Partnership
    let url: String
    let html: String
    let script: String
    let disclosure: String
    let englishDisclosure: String
    let creatives: [Entry]

    struct Entry: Answer {
        let output: CreativeOutput
        let html: String

        static let members =
            Member.all(of: \.output) + [Member<Self>("html_tag", \.html, "The link as HTML", example: "<a …>")]
    }

    private static let exampleURL: JSONValue =
        "https://souk.example.com/affiliate/t/a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"

    static let members: [Member<Self>] = [
        Member("partnership_id", \.partnership.id, "The partnership", example: 15),
        Member("id", \.partnership.id, "The same", example: 15),
        Member("program_id", \.partnership.program, "The program", example: 42),
        Member(
            "tracking_code",
            \.partnership.trackingCode,
            "Stands in links and in reports of orders",
            example: "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"
        ),
        Member("url", \.url, "The tracking link", example: exampleURL),
        Member("tracking_url", \.url, "The same", example: exampleURL),
        Member("html", \.html, "The link as HTML, with its label", example: "<a …>"),
        Member("html_tag", \.html, "The same", example: "<a …>"),
        Member("js", \.script, "A script that puts the link where it stands", example: "<script …>"),
        Member("js_tag", \.script, "The same", example: "<script …>"),
        Member("pr_disclosure", \.disclosure, "What a page must say, in Japanese", example: "【広告・PR】…"),
        Member("pr_disclosure_en", \.englishDisclosure, "The same in English", example: "Advertisement (PR): …"),
        Member("creatives", \.creatives, "Texts, banners and products with their links"),
    ]
}
