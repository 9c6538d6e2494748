import Kernel
import Platform
import Storage

/// A message that brings a code, and the address of the page where it is typed in.
struct MailedCode: Sendable {
    let code: OneTimeCode
    /// Of its words: `recover` of `mail.recover_subject` and `mail.recover_text`.
    let name: String
    let url: String
    let contract: any SurfaceContract
    let language: Language

    func put(into mail: MailOutbox, to recipient: String, _ tx: Transaction) throws {
        try mail.put(
            surface: self.contract.name,
            to: recipient,
            subject: self.words("subject"),
            // A word stands in one line of its file.
            text: self.words("text").bytewise.replacing("\\n", with: "\n"),
            in: tx
        )
    }

    private func words(_ part: String) -> String {
        self.contract.words.say(
            "mail.\(self.name)_\(part)",
            ["code": self.code.text, "url": self.url, "surface": self.contract.title],
            in: self.language
        )
    }
}
