import Kernel
import Logging
import Platform
import Web

/// A call of a tool with what came of it.
struct ToolOutcome: Sendable {
    let id: String
    let call: ToolCall
    let result: ToolResult
    /// As the model sees it.
    let shown: String
    let startedAt: Timestamp
    let endedAt: Timestamp

    static func refused(_ call: ToolCall, _ reason: String, _ house: RunHouse) -> ToolOutcome {
        let now = house.clock.now()
        return ToolOutcome(
            id: house.ids.uuid(),
            call: call,
            result: .error(reason),
            shown: reason,
            startedAt: now,
            endedAt: now
        )
    }

    func span(in order: RunOrder, _ house: RunHouse) -> Span {
        var details = self.result.details
        details["gen_ai.operation.name"] = "execute_tool"
        details["gen_ai.tool.name"] = .string(self.call.name)
        details["gen_ai.tool.call.id"] = .string(self.call.id)
        details["input_preview"] = .string(house.preview(self.call.arguments, isStored: order.isStored))
        details["output_preview"] = .string(house.preview(self.result.text, isStored: order.isStored))
        if self.result.isError { details["error.type"] = "tool_error" }
        return Span(
            id: self.id,
            parent: order.trace,
            kind: .tool,
            name: "execute_tool \(self.call.name)",
            isError: self.result.isError,
            error: self.result.isError ? "tool_error" : "",
            tool: self.call.name,
            cost: self.result.cost,
            details: details,
            startedAt: self.startedAt,
            endedAt: self.endedAt
        )
    }
}

/// Runs one call: policy, arguments, approval, then the tool itself.
struct ToolRunner: Sendable {
    /// Bytes of a result that the model sees.
    static let shownLimit = 32 * 1024

    let house: RunHouse
    let context: ToolContext

    func run(_ call: ToolCall) async throws -> ToolOutcome {
        let (id, startedAt) = (self.house.ids.uuid(), self.house.clock.now())
        var result = try await self.perform(call, id)
        let known = try await self.house.providers.all(of: self.context.tenant).values.flatMap(\.secrets)
        result.text = Redaction(secrets: known).of(result.text)
        let cut = Self.cut(result.text)
        return ToolOutcome(
            id: id,
            call: call,
            result: result,
            shown: result.isUntrusted ? Untrusted.wrapped(cut, id: self.house.ids.bytes(8).hex) : cut,
            startedAt: startedAt,
            endedAt: self.house.clock.now()
        )
    }

    private func perform(_ call: ToolCall, _ id: String) async throws -> ToolResult {
        guard let tool = self.house.tool(call.name), self.context.policy.has(tool.traits) else {
            return .error("tool not available")
        }
        guard let arguments = call.parsed else { return .error("The arguments are no JSON object.") }
        let faults = SchemaCheck.faults(.object(arguments), tool.parameters)
        guard faults.isEmpty else {
            let fields = faults.map { FieldError(path: $0.path, rule: $0.rule, isMalformed: false) }
            let told = GatewayWords.all.message(Problem(.invalid, "invalid", fields: fields))
            return .error("The arguments are wrong: \(told).")
        }
        guard !self.context.policy.asks(tool.traits) else {
            return .error("This call needs the approval of a person, which this server cannot ask for yet.")
        }
        do { return try await tool.run(ToolInput(arguments: arguments, context: self.context.calling(id))) } catch {
            if error is CancellationError { throw error }
            if let refusal = error as? Neighbours.Refusal { return .error(refusal.text) }
            if let problem = error as? Problem { return .error(GatewayWords.all.message(problem)) }
            self.house.logger.error("a tool failed", metadata: ["error": "\(error)", "tool": "\(call.name)"])
            return .error("The tool failed.")
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > self.shownLimit else { return text }
        let (head, tail) = (self.shownLimit * 7 / 10, self.shownLimit * 2 / 10)
        let bytes = Array(text.utf8)
        let start = String(decoding: bytes.prefix(head), as: UTF8.self)
        let end = String(decoding: bytes.suffix(tail), as: UTF8.self)
        return "\(start)\n[… \(bytes.count - head - tail) bytes left out …]\n\(end)"
    }
}

extension ToolContext {
    func calling(_ id: String) -> ToolContext {
        ToolContext(
            tenant: self.tenant,
            agent: self.agent,
            policy: self.policy,
            user: self.user,
            isOwners: self.isOwners,
            language: self.language,
            run: self.run,
            session: self.session,
            call: id,
            trace: self.trace,
            isTainted: self.isTainted,
            found: self.found,
            link: self.link,
            spender: self.spender
        )
    }
}

extension ToolContext {
    /// Of a run's next call.
    ///
    /// - Parameter session: where it is not the run's own.
    init(
        _ order: RunOrder,
        _ policy: ToolPolicy,
        session: String? = nil,
        isTainted: Bool = false,
        found: Set<String> = []
    ) {
        self.init(
            tenant: order.tenant,
            agent: order.agent,
            policy: policy,
            user: order.filesUser ?? order.user,
            isOwners: order.actor.seesAll || order.actor.user == order.agent.owner,
            language: order.language,
            run: order.id,
            session: session ?? order.place.key,
            call: "",
            trace: order.actor.trace,
            isTainted: isTainted,
            found: found,
            link: order.entry.link,
            spender: order.spender
        )
    }
}
