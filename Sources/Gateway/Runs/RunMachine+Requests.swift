import Kernel
import Platform

/// What a model is asked, and how many tokens that can use.
extension RunMachine {
    /// What the model is asked now.
    func request(_ candidate: CallProgress.Candidate) -> ModelRequest {
        let agent = self.order.agent
        let tools = self.availableTools
        var request = ModelRequest(
            model: candidate.model,
            messages: HistoryRepair.repaired(self.history + self.said),
            tools: tools,
            maximumOutput: self.maximumOutput(candidate)
        )
        request.relay = self.order.relay?.body
        request.system =
            self.order.relay == nil ? self.systemText(hasTools: !tools.isEmpty) : self.order.instructions
        request.toolChoice = self.lastReason == nil ? self.order.toolChoice : .none
        // What must be called was called: the answer may follow.
        if self.iterations > 1, [.required].contains(request.toolChoice) || self.isNamed(request.toolChoice) {
            request.toolChoice = .auto
        }
        request.allowsParallelCalls = self.order.allowsParallelCalls
        request.sampling = self.order.sampling
        request.responseFormat = self.order.responseFormat
        request.thinking = self.order.thinking ?? agent.details.thinking
        return request
    }

    /// Tokens of one answer.
    private func maximumOutput(_ candidate: CallProgress.Candidate) -> Int {
        let known = candidate.price.maximumOutput
        if self.order.relay != nil { return self.order.maximumOutput ?? known ?? RelayBody.usualOutput }
        let own = self.order.agent.details.maximumTokens
        let limit = min(self.order.maximumOutput ?? own, own)
        return known.map { min($0, limit) } ?? limit
    }

    private func isNamed(_ choice: ModelRequest.ToolChoice) -> Bool { if case .named = choice { true } else { false } }

    private func systemText(hasTools: Bool) -> String {
        var text = SystemText(
            agent: self.order.agent,
            files: self.order.entry.files,
            hasTools: hasTools,
            instructions: self.order.instructions,
            user: self.order.user,
            now: self.startedAt
        ).text
        if let reason = self.lastReason {
            text += "\n\nThe run ends here (\(reason.rawValue)). Answer with what you have, and call no tool."
        }
        return text
    }

    /// The tokens that a call can use: a token is at least a byte of what is sent, but for pictures and documents. Throws `contextTooLong`.
    ///
    /// - Parameter byteCount: of the whole request; nil where nothing is sent.
    func bound(of request: ModelRequest, _ candidate: CallProgress.Candidate, byteCount: Int?) throws
        -> InputBound
    {
        if let relay = request.relay { return self.bound(of: relay, request, candidate) }
        let window = Int64(candidate.price.contextWindow ?? self.order.agent.details.contextWindow)
        var (images, imageBytes, hasFile) = (0, 0, false)
        for part in request.messages.flatMap(\.parts) {
            switch part {
            case .image(let url, _):
                images += 1
                imageBytes += url.utf8.count
            case .file: hasFile = true
            case .text, .refusal: break
            }
        }
        let texts = request.system.utf8.count + request.messages.reduce(0) { $0 + $1.byteCount }
        let estimate = Double(
            TokenEstimate.ofText(request.system) + request.messages.reduce(0) { $0 + TokenEstimate.ofText($1.text) }
        )
        guard Int64(nearest: estimate * self.house.door.factor(candidate.key)) <= window else {
            throw GatewayProblems.contextTooLong(window: Int(window))
        }
        let pictures = Int64(images * candidate.open.provider.settings.imageTokens)
        let whole = Int64(max(texts, byteCount.map { $0 - imageBytes } ?? 0) + 2048) + pictures
        // What a price row says of its model is true; what an agent's owner says of it bounds nothing.
        let input = candidate.price.contextWindow.map { hasFile ? Int64($0) : min(whole, Int64($0)) } ?? whole
        return InputBound(input: input, output: Int64(request.maximumOutput), estimate: estimate)
    }

    /// Of a client's own request: what is too long for the model, the model says.
    private func bound(of relay: RelayBody, _ request: ModelRequest, _ candidate: CallProgress.Candidate)
        -> InputBound
    {
        let whole = Int64(relay.inputBytes + 2048 + relay.images * candidate.open.provider.settings.imageTokens)
        let input = candidate.price.contextWindow.map { min(whole, Int64($0)) } ?? whole
        return InputBound(input: input, output: Int64(request.maximumOutput) * relay.choices)
    }
}
