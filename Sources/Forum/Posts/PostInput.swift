import Crypto
import Kernel

/// A post as a partner sends it, as far as each value can be read by itself.
struct PostInput: Sendable {
    static let bodyLimit = 20_000
    static let bodyBytes = 64 * 1024

    enum Place: Sendable {
        case thread(ID<ForumThread>, parent: ID<Post>?)
        case new(NewThread)

        /// Of a thread that is opened.
        var title: String? { if case .new(let thread) = self { thread.title } else { nil } }
    }

    struct NewThread: Sendable {
        let title: String
        let category: String
        let language: String?
        let slug: String?
    }

    let place: Place
    let body: String
    let rendered: RenderedBody
    let stamps: StampFields
    /// Names what was sent.
    let digest: String

    /// Throws every fault at once.
    init(_ json: JSONValue) throws {
        let members = json.object ?? [:]
        var validation = Validation()
        if json.object == nil { validation.malformed("$", FieldRule("object")) }
        let (body, rendered) = Self.text(members["body"] ?? .null, &validation)
        let place = Self.place(members, &validation)
        let stamps = StampFields(members, &validation)
        try validation.check()
        guard let place, let body, let rendered else { throw Problem(.invalid, "invalid") }
        (self.place, self.body, self.rendered, self.stamps) = (place, body, rendered, stamps)
        self.digest = SHA256.hash(data: Array(JSON.text(of: json).utf8)).hex
    }

    /// The new whole of a post that there is.
    struct Edit: Sendable {
        let body: String
        let rendered: RenderedBody
        /// Nil where both are left as they are.
        let stamps: StampFields?

        /// Throws every fault at once.
        init(_ json: JSONValue) throws {
            let members = json.object ?? [:]
            var validation = Validation()
            if json.object == nil { validation.malformed("$", FieldRule("object")) }
            let (body, rendered) = PostInput.text(members["body"] ?? .null, &validation)
            let keeps = ["geo", "aiWs"].allSatisfy { (members[$0] ?? .null) == .null }
            self.stamps = keeps ? nil : StampFields(members, &validation)
            try validation.check()
            guard let body, let rendered else { throw Problem(.invalid, "invalid") }
            (self.body, self.rendered) = (body, rendered)
        }
    }

    // MARK: Text

    private static func text(_ value: JSONValue, _ validation: inout Validation) -> (String?, RenderedBody?) {
        guard value != .null else {
            validation.missing("body")
            return (nil, nil)
        }
        guard let text = value.string, !text.utf8.contains(0) else {
            validation.malformed("body", FieldRule("string"))
            return (nil, nil)
        }
        guard Self.isWritable(text) else {
            validation.require(false, "body", FieldRule("control_characters"))
            return (nil, nil)
        }
        guard text.unicodeScalars.count <= Self.bodyLimit, text.utf8.count <= Self.bodyBytes else {
            validation.require(false, "body", FieldRule("at_most", ["limit": "\(Self.bodyLimit)"]))
            return (nil, nil)
        }
        guard let rendered = try? RenderedBody(text) else {
            validation.require(false, "body", FieldRule("too_deeply_nested"))
            return (nil, nil)
        }
        validation.require(rendered.isVisible, "body", FieldRule("nothing_visible"))
        return (text, rendered)
    }

    /// Without control characters, which no feed can carry, but for tabs and ends of lines.
    static func isWritable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: true
            case ..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: false
            default: true
            }
        }
    }

    // MARK: Place

    /// Two spellings of one member, of which either may be sent.
    private static func id(_ members: [String: JSONValue], _ names: [String], _ validation: inout Validation) -> String?
    {
        let given = names.compactMap { name in members[name].flatMap { $0 == .null ? nil : (name, $0) } }
        guard let (name, value) = given.first else { return nil }
        guard let text = value.string, UUIDText.isUUID(text) else {
            validation.require(false, name, FieldRule("uuid"))
            return nil
        }
        let isOne = given.allSatisfy { $0.1.string?.lowercased() == text.lowercased() }
        validation.require(isOne, names[1], FieldRule("same_as", ["other": names[0]]))
        return text.lowercased()
    }

    private static func place(_ members: [String: JSONValue], _ validation: inout Validation) -> Place? {
        let hasThread = ["threadId", "thread_id"].contains { (members[$0] ?? .null) != .null }
        let thread = Self.id(members, ["threadId", "thread_id"], &validation)
        let hasParent = ["parentId", "parent_id"].contains { (members[$0] ?? .null) != .null }
        let parent = Self.id(members, ["parentId", "parent_id"], &validation)
        let new = members["thread"] ?? .null
        if new == .null {
            if !hasThread { validation.missing("threadId") }
            return thread.map { .thread(ID($0), parent: parent.map { ID($0) }) }
        }
        validation.require(!hasThread, "thread", FieldRule("thread_twice"))
        validation.require(!hasParent, "parentId", FieldRule("parent_without_thread"))
        guard let object = new.object else {
            validation.malformed("thread", FieldRule("object"))
            return nil
        }
        return Self.newThread(object, &validation).map { .new($0) }
    }

    private static func newThread(_ object: [String: JSONValue], _ validation: inout Validation) -> NewThread? {
        var texts: [String: String] = [:]
        for name in ["title", "category", "lang", "slug"] {
            let value = object[name] ?? .null
            if value == .null {
                if name == "title" || name == "category" { validation.missing("thread.\(name)") }
            } else if let text = value.string, !text.utf8.contains(0) {
                texts[name] = text.trimmed
            } else {
                validation.malformed("thread.\(name)", FieldRule("string"))
            }
        }
        if let title = texts["title"] {
            validation.require(Self.isTitle(title), "thread.title", FieldRule("title"))
        }
        if let language = texts["lang"] {
            validation.require(Self.isLanguageTag(language), "thread.lang", FieldRule("language_tag"))
        }
        guard let title = texts["title"], let category = texts["category"] else { return nil }
        return NewThread(title: title, category: category, language: texts["lang"], slug: texts["slug"])
    }

    static func isTitle(_ text: String) -> Bool {
        (5...200).contains(text.unicodeScalars.count) && text.unicodeScalars.allSatisfy { !HiddenText.isHidden($0) }
    }

    static func isLanguageTag(_ text: String) -> Bool {
        (2...35).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    }
}

/// The language of a text by its script, where nobody says it.
enum ScriptLanguage {
    static func guess(_ text: String) -> String {
        var (kana, han, vietnamese) = (0, 0, 0)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x3040...0x30FF: kana += 1
            case 0x4E00...0x9FFF: han += 1
            case 0x01A0...0x01B0, 0x0110...0x0111, 0x1EA0...0x1EF9: vietnamese += 1
            default: break
            }
        }
        if kana > 0 { return "ja" }
        if han > 0 { return "zh" }
        return vietnamese > 0 ? "vi" : "en"
    }
}
