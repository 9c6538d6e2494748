/// What a check of the configuration has found, in words for the operator.
package struct Diagnosis: Sendable, Encodable {
    package let check: String
    package let ok: Bool
    package let detail: String

    package init(check: String, ok: Bool, detail: String) {
        self.check = check
        self.ok = ok
        self.detail = detail
    }
}
