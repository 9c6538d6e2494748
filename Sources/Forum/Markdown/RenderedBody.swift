import CMarkGFM
import Kernel
import Web

/// A body as it is shown: HTML that can hold nothing but what is written here, its words, and its links.
struct RenderedBody: Sendable {
    /// Grows when the same text would be rendered otherwise.
    static let version = 2
    /// Stands in the HTML behind every link that is paid for; a page puts its own words there.
    static let adMark = "<!--ad-->"

    private(set) var html = ""
    /// What is read, without markup.
    private(set) var text = ""
    /// Addresses of its links, in their order.
    private(set) var links: [String] = []

    /// Names that it calls as `@name`, each once, in lower case.
    private(set) var mentions: [String] = []

    private let tracked: [String: String]
    private let profiles: [String: String]
    private var isInLink = false

    /// Of nothing.
    static let empty = RenderedBody()

    private init() { (self.tracked, self.profiles) = ([:], [:]) }

    /// Throws ``MarkdownTree/TooDeep``.
    ///
    /// - Parameters:
    ///   - tracked: where links that are paid for lead instead.
    ///   - profiles: where accounts are shown, by the names that it calls.
    init(_ markdown: String, tracked: [String: String] = [:], profiles: [String: String] = [:]) throws {
        (self.tracked, self.profiles) = (tracked, profiles)
        let tree = try MarkdownTree(markdown)
        tree.walk { node, isEntering in self.write(node, isEntering) }
        self.text = self.text.trimmed
    }

    /// Whether a reader sees anything.
    var isVisible: Bool {
        self.text.unicodeScalars.contains { !HiddenText.isHidden($0) && !$0.properties.isWhitespace }
    }

    private mutating func write(_ node: OpaquePointer, _ isEntering: Bool) {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_DOCUMENT: break
        case CMARK_NODE_TEXT: if isEntering { self.addWords(MarkdownTree.literal(of: node)) }
        case CMARK_NODE_HTML_INLINE: if isEntering { self.add(MarkdownTree.literal(of: node)) }
        case CMARK_NODE_HTML_BLOCK: if isEntering { self.block("p", MarkdownTree.literal(of: node)) }
        case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK:
            if isEntering {
                self.html += cmark_node_get_type(node) == CMARK_NODE_LINEBREAK ? "<br>\n" : "\n"
                self.text += "\n"
            }
        case CMARK_NODE_CODE:
            if isEntering {
                self.html += "<code>"
                self.add(MarkdownTree.literal(of: node))
                self.html += "</code>"
            }
        case CMARK_NODE_CODE_BLOCK: if isEntering { self.block("pre", MarkdownTree.literal(of: node)) }
        case CMARK_NODE_THEMATIC_BREAK: if isEntering { self.html += "<hr>\n" }
        case CMARK_NODE_LINK, CMARK_NODE_IMAGE: self.link(node, isEntering)
        case CMARK_NODE_PARAGRAPH: self.paragraph(node, isEntering)
        default: self.element(node, isEntering)
        }
    }

    private mutating func add(_ literal: String) {
        self.html += Self.escaped(literal)
        self.text += literal
    }

    /// Names of accounts lead to them, unless they stand in a link.
    private mutating func addWords(_ literal: String) {
        guard !self.isInLink, literal.utf8.contains(UInt8(ascii: "@")) else { return self.add(literal) }
        var rest = literal.startIndex
        for range in Mentions.ranges(in: literal) {
            let name = literal[range].dropFirst().lowercased()
            if !self.mentions.contains(name) {
                guard self.mentions.count < Mentions.nameLimit else { break }
                self.mentions.append(name)
            }
            guard let profile = self.profiles[name] else { continue }
            self.add(String(literal[rest..<range.lowerBound]))
            self.html += "<a href=\"\(Self.escaped(profile))\">"
            self.add(String(literal[range]))
            self.html += "</a>"
            rest = range.upperBound
        }
        self.add(String(literal[rest...]))
    }

    private static func escaped(_ text: String) -> String {
        let markup: Markup = "\(text)"
        return markup.text
    }

    private mutating func block(_ name: String, _ literal: String) {
        self.html += "<\(name)>"
        self.add(literal)
        self.html += "</\(name)>\n"
        self.text += "\n"
    }

    /// In a tight list, a paragraph is only its text.
    private mutating func paragraph(_ node: OpaquePointer, _ isEntering: Bool) {
        let list = cmark_node_parent(node).flatMap { cmark_node_parent($0) }
        let isTight = list.map { cmark_node_get_type($0) == CMARK_NODE_LIST && cmark_node_get_list_tight($0) != 0 }
        if isTight != true { self.html += isEntering ? "<p>" : "</p>\n" }
        if !isEntering { self.text += "\n" }
    }

    /// Only to http and https; a picture is a link to it.
    private mutating func link(_ node: OpaquePointer, _ isEntering: Bool) {
        let url = MarkdownTree.url(of: node)
        let isWeb = ["http://", "https://"].contains { url.lowercased().bytewise.starts(with: $0) }
        guard isWeb else { return }
        self.isInLink = isEntering
        if isEntering {
            self.links.append(url)
            let rel = self.tracked[url] == nil ? "nofollow ugc noopener" : "sponsored nofollow ugc noopener"
            self.html += "<a href=\"\(Self.escaped(self.tracked[url] ?? url))\" rel=\"\(rel)\">"
            if cmark_node_get_type(node) == CMARK_NODE_IMAGE, cmark_node_first_child(node) == nil { self.add(url) }
        } else {
            self.html += self.tracked[url] == nil ? "</a>" : "</a>\(Self.adMark)"
        }
    }

    private mutating func element(_ node: OpaquePointer, _ isEntering: Bool) {
        guard let name = Self.name(of: node) else { return }
        let isBlock = !["em", "strong", "del"].contains(name)
        if name == "ol", isEntering, cmark_node_get_list_start(node) > 1 {
            self.html += "<ol start=\"\(cmark_node_get_list_start(node))\">\n"
        } else {
            self.html += isEntering ? "<\(name)>" : "</\(name)>\(isBlock ? "\n" : "")"
        }
        if isBlock, !isEntering { self.text += "\n" }
    }

    /// Headings of a body stand two levels below those of the page.
    private static func name(of node: OpaquePointer) -> String? {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_HEADING: "h\(min(6, cmark_node_get_heading_level(node) + 2))"
        case CMARK_NODE_BLOCK_QUOTE: "blockquote"
        case CMARK_NODE_LIST: cmark_node_get_list_type(node) == CMARK_ORDERED_LIST ? "ol" : "ul"
        case CMARK_NODE_ITEM: "li"
        case CMARK_NODE_EMPH: "em"
        case CMARK_NODE_STRONG: "strong"
        default:
            switch MarkdownTree.kind(of: node) {
            case "strikethrough": "del"
            case "table": "table"
            case "table_header", "table_row": "tr"
            case "table_cell":
                cmark_node_parent(node).map { MarkdownTree.kind(of: $0) } == "table_header" ? "th" : "td"
            default: nil
            }
        }
    }
}
