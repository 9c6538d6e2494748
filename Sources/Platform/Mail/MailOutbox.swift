import Kernel
package import Storage

/// Mail that a surface sends.
package struct MailOutbox: Sendable {
    /// Whether the operator has named a mail server.
    package let isOn: Bool
    private let secrets: SecretBox

    package init(isOn: Bool, secrets: SecretBox) { (self.isOn, self.secrets) = (isOn, secrets) }

    static let context = "mail"

    /// In the commit that it tells of. The text may hold a secret.
    package func put(surface: String, to recipient: String, subject: String, text: String, in tx: Transaction) throws {
        guard self.isOn else { return }
        let sealed = try self.secrets.seal(Array(text.utf8), context: Self.context)
        try tx.mail.insert(surface: surface, to: recipient, subject: subject, text: "", sealed: sealed)
    }
}
