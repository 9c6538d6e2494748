package import Kernel
package import Platform

/// Sentences by key, in every language. A text names its arguments (`{limit}`), and chooses by a count where a language does
/// (`{count|service|services}`).
package struct Words: Sendable {
    private let texts: [Language: [String: String]]

    /// - Parameters:
    ///   - files: for each language lines of `key = text`.
    ///   - base: what is said where these say nothing.
    package init(_ files: [Language: String], over base: Words? = nil) {
        self.texts = Dictionary(
            uniqueKeysWithValues: Language.allCases.map { language in
                let own = Self.read(files[language] ?? "")
                return (language, base.map { $0.texts[language]!.merging(own) { $1 } } ?? own)
            }
        )
    }

    /// The lines of a file; empty ones and those that begin with `#` say nothing.
    package static func read(_ file: String) -> [String: String] {
        let lines = file.bytewise.split("\n").compactMap { line -> (String, String)? in
            let (key, text) = line.bytewise.cut(at: " = ")
            guard let text, !line.bytewise.starts(with: "#") else { return nil }
            return (String(key).trimmed, String(text))
        }
        return Dictionary(lines) { $1 }
    }

    package func keys(in language: Language) -> Set<String> { Set(self.texts[language]!.keys) }

    /// The text of a key: English where the language has none; nil where no language has it.
    package func find(_ key: String, _ arguments: [String: String] = [:], in language: Language) -> String? {
        (self.texts[language]![key] ?? self.texts[.english]![key]).map { Self.fill($0, arguments) }
    }

    /// The text of a key that there is; else the key itself.
    package func say(_ key: String, _ arguments: [String: String] = [:], in language: Language) -> String {
        self.find(key, arguments, in: language) ?? key
    }

    /// One value of an enumeration, by the name of its member: `status`, `pending`.
    @Sendable package func value(_ member: String, _ value: String, in language: Language) -> String {
        self.find("\(member).\(value)", in: language) ?? value
    }

    /// Replaces `[[key]]`.
    func translate(_ text: String, to language: Language) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.bytewise.find("[["), let end = rest[start.upperBound...].bytewise.find("]]") {
            result += rest[..<start.lowerBound]
            result += self.say(String(rest[start.upperBound..<end.lowerBound]), in: language)
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    /// Puts arguments into a text. What names none stays: templates have braces, too.
    private static func fill(_ text: String, _ arguments: [String: String]) -> String {
        guard !arguments.isEmpty else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.bytewise.find("{"), let end = rest[start.upperBound...].bytewise.find("}") {
            let forms = rest[start.upperBound..<end.lowerBound].bytewise.split("|", keepsEmpty: true).map(String.init)
            result += rest[..<start.lowerBound]
            if let value = arguments[forms[0]] {
                result += forms.count == 3 ? (value == "1" ? forms[1] : forms[2]) : value
                rest = rest[end.upperBound...]
            } else {
                result += "{"
                rest = rest[start.upperBound...]
            }
        }
        return result + rest
    }
}

// MARK: Problems

extension Words {
    /// A problem as clients read it: fields by their wire names.
    package func message(_ problem: Problem, in language: Language = .english) -> String {
        guard !problem.fields.isEmpty else {
            return self.say("problem.\(problem.textKey)", problem.arguments, in: language)
        }
        return problem.fields.map { field in
            let (rule, isWhole) = self.rule(field.rule, in: language)
            if field.isMalformed { return "\(field.path): \(rule)" }
            if isWhole { return rule }
            let name = field.rule.subject.flatMap { self.find("subject.\($0)", in: language) } ?? field.path
            return rule.bytewise.starts(with: ":") ? name + rule : "\(name) \(rule)"
        }.joined(separator: "; ")
    }

    /// A problem as people read it on a page: fields by their labels.
    ///
    /// - Parameter label: of a field that the words have none for.
    package func describe(_ problem: Problem, in language: Language, label: (String) -> String? = { _ in nil })
        -> String
    {
        guard !problem.fields.isEmpty else {
            // Of the same language: other languages need no second sentence.
            let page = "page_problem.\(problem.textKey)"
            let key = self.texts[language]![page] == nil ? "problem.\(problem.textKey)" : page
            return self.say(key, problem.arguments, in: language)
        }
        return problem.fields.map { field in
            let (rule, isWhole) = self.rule(field.rule, in: language)
            if isWhole { return rule }
            let subject = field.rule.subject.flatMap { self.find("subject.\($0)", in: language) }
            let label =
                subject ?? self.find("field.\(field.path)", in: language) ?? label(field.path) ?? field.path
            let said = rule.bytewise.dropping(prefix: ": ").map(String.init) ?? rule
            return self.say("field_rule", ["field": label, "rule": said], in: language)
        }.joined(separator: self.say("sentence_gap", in: language) + (language.hasSpaces ? " " : ""))
    }

    /// What a rule asks for; whether it is a sentence that names its field itself.
    private func rule(_ rule: FieldRule, in language: Language) -> (text: String, isWhole: Bool) {
        if let text = self.find("rule.\(rule.code)", rule.arguments, in: language) { return (text, false) }
        return (self.say("sentence.\(rule.code)", rule.arguments, in: language), true)
    }
}

extension Words {
    /// Why a job has failed.
    package func describe(_ failure: JobFailure, in language: Language) -> String {
        switch failure {
        case .problem(let code, let arguments): self.say("problem.\(code)", arguments, in: language)
        case .text(let text): text
        }
    }
}

extension Problem {
    /// What its sentence is found by, below `problem.`.
    package var textKey: String { self.variant.map { "\(self.code).\($0)" } ?? self.code }
}
