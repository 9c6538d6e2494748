import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Web

/// The documents that come with the server, as pages and as Markdown, and what agents read first.
struct DocumentPages: Sendable {
    /// Each with what it is about, in the order in which somebody reads them.
    private static let titles = [
        ("market", "The market"), ("affiliate", "The affiliate network"), ("forum", "The forum"),
        ("commerce", "Commerce"), ("gateway", "The gateway"), ("operators", "For operators"), ("metrics", "Metrics"),
        ("errors", "Errors"),
        ("security", "Security"), ("benchmarks", "Benchmarks"),
    ]

    private let folder: String?
    private let surfaces: [Surface]
    private let publicURL: String

    /// - Parameter places: folders in which the documents may be; the first that has them counts.
    init(in places: [String], surfaces: [Surface], publicURL: String) {
        self.folder = places.first { FileManager.default.fileExists(atPath: "\($0)/market.md") }
        (self.surfaces, self.publicURL) = (surfaces, publicURL)
    }

    /// Where a package puts them, beside the binary, and in a clone of the repository.
    static func places(assets: String) -> [String] {
        let binary = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        let beside = binary.deletingLastPathComponent().deletingLastPathComponent().path
        return ["\(assets)/docs", "\(beside)/share/doc/souk", "/usr/share/doc/souk", "docs"]
    }

    /// Throws *not found*.
    func page(_ name: String) throws -> Response {
        if let markdown = name.bytewise.dropping(suffix: ".md") {
            let text = try self.text(of: String(markdown))
            return Response(
                status: .ok,
                headers: [.contentType: "text/markdown; charset=utf-8"],
                body: ResponseBody(byteBuffer: .init(string: text))
            )
        }
        let text = try self.text(of: name)
        let title = Self.titles.first { $0.0 == name }?.1 ?? name
        // Links between documents lead to their pages.
        let linked = text.bytewise.replacing(".md)", with: ")").bytewise.replacing(".md#", with: "#")
            .bytewise.replacing("](decisions/", with: "](/docs/decisions/").bytewise.replacing(
                "](../",
                with: "](/docs/"
            )
        let others: [Markup] = Self.titles.filter { $0.0 != name }.map {
            "<li><a href=\"/docs/\($0.0)\">\($0.1)</a></li>"
        }
        return HTML.page(
            title: title,
            body: """
                <article class="text">\(Markdown.html(of: linked))</article>
                <nav aria-label="Documents"><ul class="tags"><li><a href="/docs">API</a></li>\(others)</ul></nav>
                """
        )
    }

    /// A letter at most of what a name may hold: nothing else of the folder is served.
    private func text(of name: String) throws -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "/")
        }
        guard isPlain, let folder, let bytes = FileManager.default.contents(atPath: "\(folder)/\(name).md") else {
            throw Problem(.notFound, "not_found")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// For agents that look a site up (llmstxt.org): what is here, and where each part is described.
    var llms: String {
        var lines = [
            "# Souk", "", "> One self-hosted server for agent commerce. Each surface is an API with its pages.", "",
        ]
        for surface in self.surfaces {
            let url = "\(self.publicURL)/\(surface.name)"
            lines += [
                "## \(surface.contract.title)", "", surface.contract.summary.bytewise.replacing("\n", with: " "), "",
            ]
            lines.append("- [OpenAPI](\(url)/openapi.json): every operation with examples and errors")
            lines.append("- [Reference](\(url)/docs): the same as a page")
            if self.folder != nil {
                lines.append(
                    "- [Guide](\(self.publicURL)/docs/\(surface.name).md): what it does and its limits, in Markdown"
                )
            }
            lines.append("")
        }
        if self.folder != nil {
            lines += ["## Optional", ""]
            lines += Self.titles.filter { one in !self.surfaces.contains { $0.name == one.0 } }.map { name, title in
                "- [\(title)](\(self.publicURL)/docs/\(name).md)"
            }
        }
        return lines.joined(separator: "\n").trimmed + "\n"
    }
}
