import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Intents: stored with what the caller states and what is understood beside it.
struct IntentRoutes: Sendable {
    static let tag = "Intents"
    static let queryLimit = 2000
    /// Of each free object.
    static let objectBytes = 16 * 1024
    static let objectDepth = 8

    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let secrets: SecretBox
    /// Understands a sentence; the makers of the catalogue are known to it.
    let parse: @Sendable (_ text: String, _ at: Timestamp, _ region: String?) -> ParsedIntent

    var endpoints: [Endpoint] {
        [
            self.create.endpoint("/v1/intents", tag: Self.tag, secrets: self.secrets),
            Endpoint(.get, "/v1/intents", tag: Self.tag, self.list),
            Endpoint(.get, "/v1/intents/{intentId}", tag: Self.tag, self.intent),
        ]
    }

    private var create: Creation<IntentInput, Caller, IntentAnswer> {
        Creation("Submit an intent", access: .writingKey, refusing: [CommerceProblems.insufficientScope]) {
            input,
            caller,
            call,
            once in
            let id: ID<Intent> = self.ids.next()
            let parsed = self.parse(input.query, self.clock.now(), input.region)
            return try await self.database.write { tx in
                try once?.begin(in: tx)
                let intent = try input.intent(id, of: caller.identity.text, parsed, at: tx.now)
                try tx.intents.insert(intent, isKept: true)
                try tx.events.append(
                    Event(
                        surface: CommerceContract.name,
                        type: "intent.created",
                        subject: intent.id.text,
                        audience: [caller.identity],
                        payload: IntentOutput(intent: intent).text,
                        trace: call.trace
                    )
                )
                let answer = IntentAnswer(intent: IntentOutput(intent: intent))
                try once?.keep(201, answer, in: tx)
                return answer
            }
        }
    }

    struct IntentPath: Input {
        let id: ID<Intent>
        init(_ read: inout InputReader) { self.id = ID(read.path("intentId", "The intent")) }
    }

    var intent: Operation<IntentPath, IntentAnswer> {
        Operation("Get an intent", access: .apiKey) { input, caller, _ in
            let intent = try await self.database.read { try $0.intents.require(input.id, of: caller.identity.text) }
            return IntentAnswer(intent: IntentOutput(intent: intent))
        }
        .refusing(CommerceProblems.intentNotFound)
    }

    struct ListInput: Input {
        let paging: CursorPaging
        init(_ read: inout InputReader) { self.paging = CursorPaging(&read, default: 50) }
    }

    var list: Operation<ListInput, CursorList<IntentOutput>> {
        Operation("List my intents", access: .apiKey) { input, caller, _ in
            let page = try await self.database.read {
                try $0.intents.list(of: caller.identity.text, before: input.paging.cursor, limit: input.paging.limit)
            }
            return CursorList(page) { IntentOutput(intent: $0) }
        }
    }
}

struct IntentAnswer: Answer {
    let intent: IntentOutput

    static let members: [Member<Self>] = [Member("intent", \.intent, "The intent")]
}

extension IntentOutput: Listed {
    static let listName = "intents"
    static let listSummary = "Newest first"
}
