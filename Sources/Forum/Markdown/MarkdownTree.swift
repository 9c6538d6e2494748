import CMarkGFM
import Kernel

/// A body in Markdown, read by cmark-gfm with tables, strikethrough and bare links.
final class MarkdownTree {
    static let depthLimit = 64
    static let nodeLimit = 20_000

    /// Deeper, or with more parts, than a body may be.
    struct TooDeep: Error {}

    let root: OpaquePointer

    private static let setUp: Void = cmark_gfm_core_extensions_ensure_registered()

    /// Throws ``TooDeep``.
    init(_ text: String) throws {
        try Self.measureTables(text)
        _ = Self.setUp
        let parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8)!
        defer { cmark_parser_free(parser) }
        for name in ["table", "strikethrough", "autolink"] {
            if let known = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, known) }
        }
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        self.root = cmark_parser_finish(parser)!
        try self.measure()
    }

    deinit { cmark_node_free(self.root) }

    /// A row that is shorter than its table's head is filled up: a short text can become millions of cells.
    private static func measureTables(_ text: String) throws {
        var (lines, columns, widest) = (1, 0, 0)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (lines, columns) = (lines + 1, 0)
            case UInt8(ascii: "|"): columns += 1
            default: continue
            }
            widest = max(widest, columns)
        }
        guard widest == 0 || (widest + 1) * lines <= self.nodeLimit else { throw TooDeep() }
    }

    private func measure() throws {
        var (depth, nodes) = (0, 0)
        try self.walk { _, isEntering in
            depth += isEntering ? 1 : -1
            nodes += isEntering ? 1 : 0
            guard depth <= Self.depthLimit + 1, nodes <= Self.nodeLimit else { throw TooDeep() }
        }
    }

    /// Each node twice, on the way in and out; those without children once, with `isEntering`.
    func walk(_ visit: (OpaquePointer, _ isEntering: Bool) throws -> Void) rethrows {
        let iterator = cmark_iter_new(self.root)!
        defer { cmark_iter_free(iterator) }
        while true {
            let event = cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(iterator) else { return }
            try visit(node, event == CMARK_EVENT_ENTER)
            if event == CMARK_EVENT_ENTER, Self.isLeaf(node) { try visit(node, false) }
        }
    }

    private static func isLeaf(_ node: OpaquePointer) -> Bool {
        let type = cmark_node_get_type(node)
        return [
            CMARK_NODE_HTML_BLOCK, CMARK_NODE_THEMATIC_BREAK, CMARK_NODE_CODE_BLOCK, CMARK_NODE_TEXT,
            CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK, CMARK_NODE_CODE, CMARK_NODE_HTML_INLINE,
        ].contains(type)
    }

    static func literal(of node: OpaquePointer) -> String {
        cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    }

    static func url(of node: OpaquePointer) -> String { cmark_node_get_url(node).map { String(cString: $0) } ?? "" }

    static func kind(of node: OpaquePointer) -> String { String(cString: cmark_node_get_type_string(node)) }
}
