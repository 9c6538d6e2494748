import Foundation
import Kernel

/// Which member a task goes to, and why.
struct TeamRouting: Sendable {
    let rules: [RoutingRule]
    /// Only members whose agents are active.
    let members: [TeamMember]

    enum Reason: Sendable, Equatable {
        case rule(RoutingRule, keywords: [String])
        case skills([String])
        /// Nothing matched: the leader takes it.
        case leader
    }

    /// By rule priority, then by the number of skills that the task names, then the leader; nil when there is none.
    ///
    /// - Parameters:
    ///   - rules: in their order. One whose target is no active member is passed over.
    ///   - wanted: skills that the task asks for by name, beside those that its text mentions.
    func route(_ text: String, skills wanted: [String] = []) -> (member: TeamMember, reason: Reason)? {
        for rule in self.rules where rule.isEnabled {
            let found = rule.keywords.filter { Self.mentions(text, $0) }
            guard !found.isEmpty, let member = self.members.first(where: { $0.agent == rule.target }) else { continue }
            return (member, .rule(rule, keywords: found))
        }
        let asked = Set(wanted.map { $0.lowercased() })
        let bySkills = self.members.map { member in
            (member, member.skills.filter { asked.contains($0.lowercased()) || Self.mentions(text, $0) })
        }
        let most = bySkills.map(\.1.count).max() ?? 0
        if most > 0, let (member, skills) = bySkills.first(where: { $0.1.count == most }) {
            return (member, .skills(skills))
        }
        return self.members.first { $0.role == .leader }.map { ($0, .leader) }
    }

    /// Whether the words stand in the text as words, without case and accents. In scripts without spaces, anywhere.
    static func mentions(_ text: String, _ words: String) -> Bool {
        let words = words.trimmed
        guard !words.isEmpty else { return false }
        var rest = text[...]
        // characters: words of people, as they read them
        while let found = rest.range(of: words, options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive]) {
            let before = text[..<found.lowerBound].last
            let after = text[found.upperBound...].first
            if !Self.joins(before, words.first), !Self.joins(words.last, after) { return true }
            rest = text[found.upperBound...]
        }
        return false
    }

    /// Whether two neighbours are letters of one word.
    private static func joins(_ left: Character?, _ right: Character?) -> Bool {
        guard let left, let right else { return false }
        return Self.isWordPart(left) && Self.isWordPart(right)
    }

    private static func isWordPart(_ character: Character) -> Bool {
        guard character.isLetter || character.isNumber, let scalar = character.unicodeScalars.first else {
            return false
        }
        return scalar.value < 0x0E00
    }
}

extension QualityGate {
    /// How one gate judged a set of measures.
    struct Verdict: Sendable, Equatable {
        let gate: QualityGate
        /// Nil when the set has none for this gate.
        let measure: Double?
        let isPassed: Bool
    }

    /// The measure's name: the gate's type; for custom gates what `config.metric` says, or `custom`.
    var metric: String {
        guard self.type == .custom else { return self.type.rawValue }
        let config: JSONValue? = try? JSON.read(self.config.utf8)
        return config?["metric"]?.string ?? self.type.rawValue
    }

    /// A measure that is missing does not pass.
    func check(_ measures: [String: Double]) -> Verdict {
        let measure = measures[self.metric]
        let threshold = Double(self.thresholdMicros) / Double(Micros.perUnit)
        let isPassed = measure.map { self.type.isCeiling ? $0 <= threshold : $0 >= threshold } ?? false
        return Verdict(gate: self, measure: measure, isPassed: isPassed)
    }
}
