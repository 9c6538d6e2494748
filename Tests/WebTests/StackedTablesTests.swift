import ServerTestKit
import Testing

@testable import Web

@Suite("Tables of narrow windows")
struct StackedTablesTests {
    private func mark(_ page: String) -> String { StackedTables.mark(Markup(rendered: page)).text }

    private static let heads = """
        <thead><tr><th scope="col">Name</th><th scope="col" class="number">Price, <abbr>USDC</abbr></th><th scope="col">State</th><th scope="col"></th></tr></thead>
        """

    @Test("each cell says its column, and each part keeps its role")
    func labels() {
        let marked = self.mark(
            "<p>a</p><table><caption>c</caption>\(Self.heads)<tbody><tr><th scope=\"row\">x</th><td class=\"number\">1</td><td><time>t</time></td><td><textarea></textarea></td></tr><tr><th scope=\"row\">y</th><td class=\"number\"> \n </td><td><span></span></td><td><form></form></td></tr></tbody></table><p>b</p>"
        )
        #expect(
            marked.hasPrefix(
                "<p>a</p><table class=\"stacked\" role=\"table\"><caption>c</caption><thead role=\"rowgroup\"><tr role=\"row\">"
            )
        )
        #expect(marked.contains("<th role=\"columnheader\" scope=\"col\">Name</th>"))
        #expect(
            marked.contains(
                "<tbody role=\"rowgroup\"><tr role=\"row\"><th role=\"rowheader\" scope=\"row\">x</th><td role=\"cell\" data-label=\"Price, USDC\" class=\"number\">1</td><td role=\"cell\" data-label=\"State\"><time>t</time></td><td role=\"cell\"><textarea></textarea></td></tr><tr role=\"row\"><th role=\"rowheader\" scope=\"row\">y</th><td role=\"cell\" data-label=\"Price, USDC\" data-blank class=\"number\"> \n </td><td role=\"cell\" data-label=\"State\" data-blank><span></span></td><td role=\"cell\"><form></form></td></tr>"
            )
        )
        #expect(marked.hasSuffix("</tbody></table><p>b</p>"))
    }

    @Test("a table that fits, one of figures, and one that no page of ours has made stay as they are")
    func left() {
        let number = "<th scope=\"col\" class=\"number\">1</th>"
        for table in [
            "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead><tbody></tbody></table>",
            "<table><thead><tr><th scope=\"col\">Day</th>\(number)\(number)</tr></thead><tbody></tbody></table>",
            "<table><thead><tr><th>a</th><th>b</th><th>c</th><th>d</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
            "<table><tr><td>never closed",
        ] {
            #expect(self.mark(table) == table)
        }
    }
}
