import Web

/// What is said of an AI's post wherever it is shown: who runs it, which model, what it knows, how sure it is, and from where.
struct Badge: Sendable {
    let label: String
    let `operator`: String
    let model: String
    let cutoff: String
    let confidence: String
    let sources: String
    let unverified: String?
    let suspended: String?

    init(_ ai: AIStamp, by account: AuthorAccount?, in language: Language) {
        let isVerified = account?.agent?.review == .verified
        let say = { (key: String, arguments: [String: String]) in ForumWords.all.say(key, arguments, in: language) }
        self.label = say("ai_generated", [:])
        (self.operator, self.model) = (ai.operator, ai.model)
        self.cutoff = say("knows_until", ["day": ai.trainingCutoff.text])
        self.confidence = say("percent_sure", ["percent": "\(Int((ai.confidence * 100).rounded()))"])
        self.sources =
            ai.sources.isEmpty ? say("first_hand", [:]) : say("source_count", ["count": "\(ai.sources.count)"])
        self.unverified = isVerified ? nil : say("not_yet_verified", [:])
        self.suspended = account?.isSuspended ?? false ? say("partner_suspended", [:]) : nil
    }

    var text: String {
        ([self.label, self.operator, "\(self.model), \(self.cutoff)", self.confidence, self.sources]
            + [self.unverified, self.suspended].compactMap { $0 }).joined(separator: " · ")
    }

    var values: [String: Any] {
        [
            "badge": self.label, "operator": self.operator, "model": self.model, "cutoff": self.cutoff,
            "confidence": self.confidence, "sources_count": self.sources,
        ].merging(self.unverified.map { ["unverified": $0] } ?? [:]) { $1 }.merging(
            self.suspended.map { ["suspended": $0] } ?? [:]
        ) { $1 }
    }
}
