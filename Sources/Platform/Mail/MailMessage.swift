import Foundation
import Kernel

/// One message as it goes over the wire: headers and plain text (RFC 5322, 2045 and 2047).
struct MailMessage {
    let from: MailAddress
    let to: String
    let subject: String
    let text: String
    let date: Timestamp
    /// Tells the message from every other.
    let id: String

    /// Bytes of text in one encoded word, which has 75 characters at most.
    private static let wordBytes = 42

    var wire: String {
        let domain = self.from.address.bytewise.split("@").last.map(String.init) ?? "localhost"
        let sender =
            self.from.name.isEmpty
            ? self.from.address : "\(Self.encoded(self.from.name)) <\(self.from.address)>"
        let headers = [
            "Date: \(self.date.httpDate)", "From: \(sender)", "To: \(self.to)",
            "Subject: \(Self.encoded(self.subject))",
            "Message-ID: <\(self.id)@\(domain)>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            // Nobody's absence note answers it.
            "Auto-Submitted: auto-generated",
        ]
        let lines = self.text.bytewise.replacing("\n", with: "\r\n")
        let body = Data(lines.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn])
            .bytewise.replacing("\r\n", with: "\r").bytewise.replacing("\r", with: "\r\n")
        return headers.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n"
    }

    /// As it stands where it is plain ASCII, else in encoded words that break between characters.
    private static func encoded(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 < 127 }
        guard !isPlain || text.utf8.count > 200 else { return text }
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars where !scalar.properties.isWhitespace || scalar == " " {
            if word.utf8.count + String(scalar).utf8.count > Self.wordBytes {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        return (words + [word]).map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }
}
