/// Collects field errors, so that a client learns of all of them at once.
package struct Validation: Sendable {
    package private(set) var errors: [FieldError] = []

    package init() {}

    /// Records that the field must be there and is not.
    package mutating func missing(_ path: String, isParameter: Bool = false) {
        self.errors.append(
            FieldError(path: path, rule: .required, isMalformed: true, isMissing: true, isParameter: isParameter)
        )
    }

    /// Records that the field is of the wrong type.
    package mutating func malformed(_ path: String, _ rule: FieldRule, isParameter: Bool = false) {
        self.errors.append(FieldError(path: path, rule: rule, isMalformed: true, isParameter: isParameter))
    }

    /// Records that the field breaks a rule unless `holds`.
    package mutating func require(_ holds: Bool, _ path: String, _ rule: FieldRule, isParameter: Bool = false) {
        if !holds {
            self.errors.append(FieldError(path: path, rule: rule, isMalformed: false, isParameter: isParameter))
        }
    }

    /// Throws all that was collected: *malformed* if any field could not be read (*missing* if each of them only is not there),
    /// else *invalid*.
    package func check() throws(Problem) {
        guard !self.errors.isEmpty else { return }
        let malformed = self.errors.filter(\.isMalformed)
        guard !malformed.isEmpty else { throw Problem(.invalid, "invalid", fields: self.errors) }
        // Literals, because docs/errors.md is made from them.
        let others = self.errors.filter { !$0.isMalformed }
        guard malformed.allSatisfy(\.isMissing) else {
            throw Problem(.malformed, "malformed", fields: malformed, furtherFields: others)
        }
        throw Problem(.missing, "malformed", fields: malformed, furtherFields: others)
    }
}
