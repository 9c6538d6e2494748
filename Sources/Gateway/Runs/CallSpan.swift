import Kernel
import Platform

/// The span of one call of a model, by the names of OpenTelemetry's conventions for generative AI.
struct CallSpan {
    let order: RunOrder
    let house: RunHouse
    let progress: CallProgress
    let iteration: Int

    func span(_ usage: TokenUsage, _ cost: Dollars, _ isEstimated: Bool, error: String) -> Span {
        let (candidate, answer) = (self.progress.candidate, self.progress.answer)
        var details: [String: JSONValue] = [
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": .string(candidate.open.provider.type),
            "gen_ai.request.model": .string(candidate.model), "gen_ai.usage.input_tokens": .integer(usage.input),
            "gen_ai.usage.output_tokens": .integer(usage.output),
            "gen_ai.usage.cache_read.input_tokens": .integer(usage.cached),
            "gen_ai.usage.cache_creation.input_tokens": .integer(usage.written),
            "gen_ai.usage.reasoning.output_tokens": .integer(usage.reasoning),
            "iteration": .int(self.iteration),
        ]
        if !self.order.place.key.isEmpty { details["gen_ai.conversation.id"] = .string(self.order.place.key) }
        details["gen_ai.response.model"] = answer.model.map { .string($0) }
        if !answer.id.isEmpty { details["gen_ai.response.id"] = .string(answer.id) }
        if let finish = answer.finish { details["gen_ai.response.finish_reasons"] = [.string(finish.rawValue)] }
        if let first = answer.firstAt {
            details["time_to_first_token_ms"] = .integer(max(0, first.milliseconds(since: self.progress.startedAt)))
        }
        if !self.progress.attempts.isEmpty { details["attempts"] = .array(self.progress.attempts) }
        if isEstimated { details["usage_estimated"] = true }
        if self.progress.overrun > 0 { details["overrun_micros"] = .integer(self.progress.overrun.smallestUnits) }
        if !error.isEmpty { details["error.type"] = .string(error) }
        let calls = answer.calls.map { "\($0.name)(\($0.arguments))" }.joined(separator: "\n")
        let said = [answer.text, calls].filter { !$0.isEmpty }.joined(separator: "\n")
        let redaction = Redaction(secrets: candidate.open.secrets)
        details["output_preview"] = .string(redaction.of(self.house.preview(said, isStored: self.order.isStored)))
        return Span(
            id: self.progress.span,
            parent: self.order.trace,
            kind: .call,
            name: "chat \(candidate.model)",
            isError: !error.isEmpty,
            error: error,
            model: candidate.model,
            provider: candidate.open.provider.name,
            inputTokens: usage.input,
            outputTokens: usage.output,
            cost: cost,
            details: details,
            startedAt: self.progress.startedAt,
            endedAt: self.house.clock.now()
        )
    }
}
