import ArgumentParser
import Kernel
import Platform
import Server
import Storage

struct AuditLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows who did what to whom, the newest first."
    )

    @OptionGroup(visibility: .hidden) var options: Options
    @Option(help: "What was done, or how that begins, such as key.created or key.") var action: String?
    @Option(help: "The key that did it, or console.") var actor: String?
    @Option(help: "What it was done to.") var subject: String?
    @Option(help: "The request, as in X-Request-Id.") var request: String?
    @Option(help: "From this moment on, such as 2026-12-01T00:00:00Z.") var from: String?
    @Option(help: "Before this moment.") var to: String?
    @Option(help: "How many at most.") var limit = 100
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        guard (1...100_000).contains(self.limit) else { throw ValidationError("--limit must be 1 to 100000") }
        var filter = AuditStore.Filter()
        (filter.action, filter.actor, filter.subject) = (self.action, self.actor, self.subject)
        filter.request = self.request
        filter.from = try Self.moment(self.from, "--from")
        filter.until = try Self.moment(self.to, "--to")
        let asked = filter
        let entries = try await self.options.withHouse(.reading) { house in
            try await house.database.read { try $0.audit.list(asked, before: nil, limit: self.limit).items }
        }
        if self.json { return try Operator.say(json: ["entries": .array(entries.map(\.json))] as JSONValue) }
        for entry in entries {
            Operator.say(
                "\(entry.at.readable)  \(entry.action)  \(entry.subject)  by \(entry.actor)\(entry.detail.isEmpty ? "" : "  \(entry.detail)")"
                    .inOneLine
            )
        }
        if entries.isEmpty { Operator.say("Nothing of that kind was recorded.") }
    }

    private static func moment(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        guard let moment = Timestamp(text: text) ?? Timestamp(text: "\(text)T00:00:00Z") else {
            throw ValidationError("\(option) must be a moment such as 2026-12-01T00:00:00Z, or a day")
        }
        return moment
    }
}

extension AuditEntry {
    fileprivate var json: JSONValue {
        [
            "number": .int(Int(self.number)), "at": .string(self.at.text), "actor": .string(self.actor),
            "action": .string(self.action), "subject": .string(self.subject), "detail": .string(self.detail),
            "request_id": .string(self.requestID),
        ]
    }
}
