import HTTPTypes
import Kernel
import ServerTestKit
import Testing

@testable import Web

@Suite("What is wrong stands at its field")
struct FieldErrorsTests {
    private func mark(_ page: String, _ names: [String], action: String = "/here") -> String {
        let problem = Problem(
            .invalid,
            "invalid",
            fields: names.map { FieldError(path: $0, rule: FieldRule("integer"), isMalformed: false) }
        )
        let errors = FieldErrors(problem, HouseWords.all, .english)
        return errors?.mark(Markup(rendered: page), action: action).text ?? ""
    }

    private static let summary = "<p class=\"problem\" role=\"alert\">all of it</p>"

    @Test("an input, a select and a text area are marked, described and linked")
    func kinds() {
        let marked = self.mark(
            "\(Self.summary)<form action=\"/here\"><input id=\"a1\" name=\"a\"><select id=\"b1\" name=\"b\"><option>x</option></select><textarea name=\"c\">y</textarea></form>",
            ["a", "b", "c", "d"]
        )
        #expect(
            marked.contains(
                "<input id=\"a1\" aria-invalid=\"true\" aria-describedby=\"problem-a\" name=\"a\"><span class=\"field-problem\" id=\"problem-a\">"
            )
        )
        #expect(marked.contains("</select><span class=\"field-problem\" id=\"problem-b\">"))
        #expect(marked.contains("</textarea><span class=\"field-problem\" id=\"problem-c\">"))
        for link in ["<a href=\"#a1\">", "<a href=\"#b1\">", "<a href=\"#field-c\">"] { #expect(marked.contains(link)) }
        #expect(marked.contains("id=\"field-c\""))
        // What is no field of the page is said, and leads nowhere.
        #expect(marked.matches(of: /<li>/).count == 4 && marked.matches(of: /<a href/).count == 3)
        #expect(!marked.contains("all of it"))
    }

    @Test("of several forms the one that was sent counts, and hidden fields are left alone")
    func forms() {
        let marked = self.mark(
            "\(Self.summary)<form action=\"/there\"><input name=\"reason\"></form><form action=\"/here\"><input type=\"hidden\" name=\"once\"><input name=\"reason\"></form>",
            ["reason", "once"]
        )
        #expect(marked.contains("<form action=\"/there\"><input name=\"reason\"></form>"))
        #expect(marked.contains("<input type=\"hidden\" name=\"once\"><input aria-invalid=\"true\""))
    }

    @Test("a field without a word of its own has the page's label, also within a list")
    func labels() {
        let marked = self.mark(
            "\(Self.summary)<form action=\"/here\"><p><label for=\"rate\">Rate (%)</label><input id=\"rate\" name=\"rate\"></p></form>",
            ["prices[1].rate", "else"]
        )
        #expect(marked.contains("<a href=\"#rate\">Rate (%): "))
        #expect(marked.contains("<li>else: "))
    }

    @Test("a name that a client makes up writes no markup")
    func hostile() {
        let marked = self.mark(
            "\(Self.summary)<form action=\"/here\"><input name=\"a\"></form>",
            ["x\"><script>", "\u{301}<"]
        )
        #expect(!marked.contains("<script>"))
    }
}
