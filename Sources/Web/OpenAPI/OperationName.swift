import HTTPTypes
import Kernel

/// The name of an operation as a person would choose it, made of its summary: *List services* is `listServices`.
enum OperationName {
    private static let articles: Set<String> = ["a", "an", "the"]
    /// Words with which a summary says what is done.
    private static let verbs: Set<String> = [
        "accept", "activate", "add", "announce", "appeal", "apply", "appoint", "approve", "archive", "begin", "block",
        "call",
        "cancel", "change", "check", "close", "count", "create", "credit", "deactivate", "decide", "decline", "delete",
        "deliver",
        "do", "edit", "enable", "enter", "export", "find", "follow", "get", "give", "import", "invite", "let", "lift",
        "list",
        "make", "mark", "open", "order", "pay", "pin", "post", "preview", "put", "read", "rebuild", "recommend",
        "record",
        "refund", "register", "reinstate", "reject", "release", "remove", "replace", "report", "resolve", "restore",
        "revoke",
        "rotate", "route", "run", "say", "search", "see", "send", "set", "show", "sign", "start", "stop", "submit",
        "subscribe",
        "suspend", "take", "test", "train", "try", "turn", "undo", "unsubscribe", "update", "upload", "use", "validate",
        "verify",
        "withdraw", "write",
    ]
    /// Words of a name at most: what follows says more than a name needs.
    private static let limit = 6

    static func of(_ endpoint: Endpoint, in guide: DocumentGuide) -> String {
        if let name = guide.names["\(endpoint.method.rawValue) \(endpoint.path)"] { return name }
        // characters: a summary of our own
        let clause = endpoint.summary.split(whereSeparator: { ":,;(".contains($0) }).first.map(String.init) ?? ""
        let plain = clause.bytewise.replacing("'s ", with: " ")
        let words = plain.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
        var named = words.filter { !self.articles.contains($0.lowercased()) }
        if !self.verbs.contains(named.first?.lowercased() ?? "") { named.insert(self.verb(endpoint.method), at: 0) }
        return self.camel(named.prefix(self.limit))
    }

    private static func verb(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head: "get"
        case .post: "create"
        case .delete: "delete"
        default: "update"
        }
    }

    private static func camel(_ words: some Sequence<String>) -> String {
        words.enumerated().map { index, word in
            index == 0 ? word.lowercased() : word.prefix(1).uppercased() + word.dropFirst()
        }.joined()
    }
}
