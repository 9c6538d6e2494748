/// Collects field errors, so that a client learns of all of them at once.
package struct Validation: Sendable {
    package private(set) var errors: [FieldError] = []

    package init() {}

    /// Records that the field must be there and is not.
    package mutating func missing(_ path: String) {
        self.errors.append(FieldError(path: path, message: "is required", isMalformed: true, isMissing: true))
    }

    /// Records that the field is of the wrong type.
    package mutating func malformed(_ path: String, _ message: String) {
        self.errors.append(FieldError(path: path, message: message, isMalformed: true))
    }

    /// Records that the field breaks a rule unless `holds`.
    package mutating func require(_ holds: Bool, _ path: String, _ message: String) {
        if !holds { self.errors.append(FieldError(path: path, message: message, isMalformed: false)) }
    }

    /// Throws all that was collected: *malformed* if any field could not be read (*missing* if each of them only is not there),
    /// else *invalid*.
    package func check() throws(Problem) {
        guard !self.errors.isEmpty else { return }
        let malformed = self.errors.filter(\.isMalformed)
        if malformed.isEmpty {
            throw Problem(.invalid, "invalid", self.errors.map(\.message).joined(separator: "; "), fields: self.errors)
        }
        let text = malformed.map { "\($0.path): \($0.message)" }.joined(separator: "; ")
        let kind: Problem.Kind = malformed.allSatisfy(\.isMissing) ? .missing : .malformed
        throw Problem(kind, "malformed", text, fields: malformed)
    }
}
