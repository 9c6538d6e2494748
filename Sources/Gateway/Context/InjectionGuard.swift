import Kernel

/// Messages that try to talk an agent out of its instructions.
enum InjectionGuard {
    /// The names of the patterns that a text fits.
    static func findings(in text: String) -> [String] {
        let lowered = text.lowercased()
        var found: [String] = []
        let has = { (phrases: [String]) in phrases.contains { lowered.bytewise.contains($0) } }
        if has([
            "ignore previous instructions", "ignore all previous instructions", "ignore your instructions",
            "disregard previous instructions", "ignore the above",
        ]) {
            found.append("ignore_instructions")
        }
        if has(["you are now ", "act as if you are", "pretend you are", "from now on you are"]) {
            found.append("role_override")
        }
        if has(["<system>", "</system>", "[system]", "<|im_start|>", "<|system|>"]) { found.append("system_tags") }
        if has(["new instructions:", "updated instructions:", "your new task is"]) { found.append("new_instructions") }
        if text.utf8.contains(0) { found.append("nul") }
        if has(["<context_file", "</context_file", "<<<external_untrusted", "<<<end_external"]) {
            found.append("delimiter_escape")
        }
        return found
    }
}

/// Puts what strangers wrote between marks that they cannot write.
enum Untrusted {
    static func wrapped(_ text: String, id: String) -> String {
        let escaped = text.bytewise.replacing("<<<", with: "‹‹‹").bytewise.replacing(">>>", with: "›››")
        return "<<<EXTERNAL_UNTRUSTED \(id)>>>\n\(escaped)\n<<<END_EXTERNAL_UNTRUSTED \(id)>>>"
    }
}
