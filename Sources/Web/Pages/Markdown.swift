import CMarkGFM
import Glibc
import Kernel

/// Markdown of our own as HTML: the documents, and what stands before a reference. What members write goes another way.
package enum Markdown {
    private static let setUp: Void = cmark_gfm_core_extensions_ensure_registered()

    /// Raw HTML is left out.
    package static func html(of text: String) -> Markup {
        _ = self.setUp
        let parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8)!
        defer { cmark_parser_free(parser) }
        var extensions: UnsafeMutablePointer<cmark_llist>?
        for name in ["table", "strikethrough"] {
            if let known = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, known) }
        }
        extensions = cmark_parser_get_syntax_extensions(parser)
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        let root = cmark_parser_finish(parser)!
        defer { cmark_node_free(root) }
        guard let rendered = cmark_render_html(root, CMARK_OPT_DEFAULT, extensions) else { return .empty }
        defer { free(rendered) }
        // A table's first head may stand over names and have none itself.
        let html = String(cString: rendered).bytewise.replacing("<th></th>", with: "<td></td>")
            .bytewise.replacing("<table>", with: "<div class=\"scroll\" tabindex=\"0\"><table>")
            .bytewise.replacing("</table>", with: "</table></div>")
        return Markup(rendered: html)
    }
}
