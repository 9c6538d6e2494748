import CCurl
import Kernel
import NIOPosix

/// Where outgoing mail is handed in, by SMTP.
package struct MailServer: Sendable, Equatable {
    /// `smtp://host:587` or `smtps://host:465`, without name and password.
    private let url: String
    private let user: String?
    private let password: String?
    /// The address that mail comes from, and the name before it.
    let sender: MailAddress

    /// A connection may take so long; handing a message in three times as long.
    private static let connectSeconds = 10

    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The server has refused the message for good, with a reply such as 550.
        case refused(Int)
        /// It may take the message later.
        case notReached(String)

        package var description: String {
            switch self {
            case .refused(let reply): "the mail server refuses the message with \(reply)"
            case .notReached(let reason): reason
            }
        }
    }

    /// Throws `ConfigurationError` for what is no address of a mail server, or no sender.
    package init(url text: String, sender: String) throws {
        guard let handle = curl_url() else { throw ConfigurationError("smtp_url: no memory") }
        defer { curl_url_cleanup(handle) }
        func part(_ which: CURLUPart) -> String? {
            var found: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, which, &found, UInt32(CURLU_URLDECODE)) == CURLUE_OK, let found else {
                return nil
            }
            defer { curl_free(found) }
            return String(cString: found)
        }
        guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK, let scheme = part(CURLUPART_SCHEME),
            ["smtp", "smtps"].contains(scheme), let host = part(CURLUPART_HOST)
        else {
            throw ConfigurationError(
                "smtp_url: not an address such as smtp://name:password@mail.example.com:587 or smtps://mail.example.com:465"
            )
        }
        guard let address = MailAddress(sender) else {
            throw ConfigurationError("mail_from: '\(sender)' is not an address such as Souk <souk@example.com>")
        }
        self.url = "\(scheme)://\(host):\(part(CURLUPART_PORT) ?? (scheme == "smtps" ? "465" : "587"))"
        (self.user, self.password, self.sender) = (part(CURLUPART_USER), part(CURLUPART_PASSWORD), address)
    }

    /// Hands a message in. Throws ``Failure``.
    func send(_ message: String, to recipient: String) async throws {
        try await self.talk(message, to: recipient)
    }

    /// Why the server cannot be reached; nil when it can.
    package func trouble() async -> String? {
        do { try await self.talk(nil, to: "") } catch { return "\(error)" }
        return nil
    }

    private func talk(_ message: String?, to recipient: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { try self.talkNow(message, to: recipient) }
    }

    /// A password is never sent in the clear.
    private func talkNow(_ message: String?, to recipient: String) throws {
        var reply = 0
        let code = Self.withCStrings(
            [self.url, self.user, self.password, self.sender.address, recipient, message]
        ) { texts in
            var mail = souk_mail(
                url: texts[0],
                user: texts[1],
                password: texts[2],
                requires_tls: self.password == nil ? 0 : 1,
                from: texts[3],
                to: texts[4],
                message: texts[5],
                length: message?.utf8.count ?? 0
            )
            return souk_mail_send(&mail, Self.connectSeconds, &reply)
        }
        guard code != CURLE_OK else { return }
        // Of the recipient or the text; what is refused before them is a setting's fault, which the operator mends.
        let isFinal =
            [550, 551, 552, 553, 554, 556].contains(reply) && [CURLE_SEND_ERROR, CURLE_RECV_ERROR].contains(code)
        if message != nil, isFinal { throw Failure.refused(reply) }
        let reason = String(cString: curl_easy_strerror(code))
        throw Failure.notReached(reply == 0 ? reason : "\(reason), reply \(reply)")
    }

    private static func withCStrings<T>(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> T) -> T {
        let copies = texts.map { text in text.map { strdup($0) } ?? nil }
        defer { for copy in copies { free(copy) } }
        return body(copies.map { $0.map { UnsafePointer($0) } })
    }
}

/// `souk@example.com`, or `Souk <souk@example.com>`.
package struct MailAddress: Sendable, Equatable {
    package let name: String
    package let address: String

    package init?(_ text: String) {
        let (head, tail) = text.bytewise.cut(at: "<")
        let address = tail.map { String($0.dropLast()).trimmed } ?? text.trimmed
        guard tail == nil || text.utf8.last == UInt8(ascii: ">"), Self.isAddress(address), !text.hasHiddenScalars else {
            return nil
        }
        self.name = tail == nil ? "" : String(head).trimmed
        self.address = address
    }

    /// Whether mail could be sent there: one `@`, a dot after it, and nothing that a header or a command could take for its end.
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.bytewise.split("@", keepsEmpty: true)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].bytewise.contains(".") && text.utf8.count <= 254
            && text.utf8.allSatisfy { $0 > 32 && $0 != 127 && !"<>()[],;:\\\"".utf8.contains($0) }
    }
}
