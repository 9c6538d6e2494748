import Crypto
import Foundation
import Hummingbird
import Kernel

/// What a form is about: shown before it is confirmed, and told with the notice after it is done.
package struct FormSubject: Sendable {
    package struct Fact: Sendable {
        /// A key of the surface's words.
        let label: String
        let value: String
    }

    package struct Link: Sendable {
        let title: String
        /// Below the surface.
        let path: String
    }

    /// A field that the form changes.
    package struct Change: Sendable {
        /// The wire name of the field.
        let field: String
        /// Empty for nothing.
        let (before, after): (String, String)

        package init(_ field: String, from before: String, to after: String) {
            (self.field, self.before, self.after) = (field, before, after)
        }
    }

    let facts: [Fact]
    let link: Link?
    /// What the confirmation shows in place of all fields; nil where it shows them all.
    let changes: [Change]?

    /// - Parameters:
    ///   - facts: keys of words, and values such as a name or an amount; empty ones are left out.
    ///   - link: to what is there afterwards, too: a title and a path below the surface.
    ///   - changes: of a form in which much stays as it is: what does not.
    package init(
        _ facts: [(label: String, value: String?)],
        link: (title: String, path: String)? = nil,
        changes: [Change]? = nil
    ) {
        self.changes = changes
        self.facts = facts.compactMap { label, value in
            value.flatMap { $0.isEmpty ? nil : Fact(label: label, value: $0) }
        }
        self.link = link.map { Link(title: $0.title, path: $0.path) }
    }
}

/// The notice that a form leaves for the page after it. A cookie carries it there, signed with the session's own token, since what stands in
/// an address could be anybody's.
enum FormNotice {
    private static let keptSeconds = 120
    /// A cookie holds 4,096 bytes.
    private static let shownScalars = 150

    private static func name(_ surface: String) -> String { "souk_told_\(surface)" }

    /// The `Set-Cookie` that brings it.
    static func cookie(_ subject: FormSubject, _ request: PageRequest) -> String? {
        let text = subject.facts.map(\.value).joined(separator: " · ")
        guard !text.isEmpty || subject.link != nil else { return nil }
        let shown = [text, subject.link?.title ?? ""].map { String($0.unicodeScalars.prefix(self.shownScalars)) }
        let parts = shown + [subject.link?.path ?? ""]
        let encoded = parts.map { Array($0.utf8).hex }.joined(separator: ".")
        return self.text("\(encoded).\(self.signature(encoded, request))", seconds: self.keptSeconds, request)
    }

    /// The `Set-Cookie` that ends it, where the browser has one.
    static func end(_ request: PageRequest) -> String? {
        self.value(request) == nil ? nil : self.text("", seconds: 0, request)
    }

    /// What was left; nil for what is not this session's own.
    static func read(_ request: PageRequest) -> Markup? {
        guard let value = self.value(request) else { return nil }
        let parts = value.bytewise.split(".", keepsEmpty: true)
        guard parts.count == 4 else { return nil }
        let encoded = parts.prefix(3).joined(separator: ".")
        guard self.signature(encoded, request).bytewise.equals(String(parts[3])) else { return nil }
        let texts = parts.prefix(3).map { [UInt8](hex: String($0)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        let link: Markup? =
            texts[2].isEmpty ? nil : " <a href=\"\(request.base)\(texts[2])\">\(texts[1])</a>"
        return "\(texts[0])\(link)"
    }

    private static func value(_ request: PageRequest) -> String? {
        let values = request.call.request.cookies(named: self.name(request.console.contract.name))
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func signature(_ text: String, _ request: PageRequest) -> String {
        let key = SymmetricKey(data: Array("notice \(request.session.formToken)".utf8))
        return HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key).hex
    }

    private static func text(_ value: String, seconds: Int, _ request: PageRequest) -> String {
        let secure = request.console.sessions.isSecure ? "; Secure" : ""
        return
            "\(self.name(request.console.contract.name))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)"
    }
}
