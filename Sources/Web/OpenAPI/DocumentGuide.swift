/// What a surface's document says beside its operations.
package struct DocumentGuide: Sendable {
    package typealias Tag = (name: String, summary: String)

    /// What its operations are about, in the order in which somebody needs them.
    let tags: [Tag]
    /// Of operations whose summaries make none that a person would choose, by method and path.
    let names: [String: String]
    /// How to get in, and what is good to know first; Markdown.
    let introduction: String

    package static let none = DocumentGuide(tags: [], names: [:], introduction: "")

    package init(tags: [Tag], names: [String: String], introduction: String) {
        (self.tags, self.names, self.introduction) = (tags, names, introduction)
    }
}
