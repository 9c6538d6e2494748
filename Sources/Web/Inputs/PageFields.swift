import Kernel

/// The fields of an operation that a page calls: from the page itself, else from the form, else from the parameters of the page's path.
struct PageFields: Sendable {
    /// Set by the page itself. An empty text counts as missing.
    let given: [String: JSONValue]
    let form: Form
    /// Fields in which an empty text is a value.
    let emptied: Set<String>
    let parameter: @Sendable (String) -> String

    func path(_ name: String) -> String { self.given[name]?.fieldText ?? self.parameter(name) }

    /// Whether the form has the field, and nothing stands in it.
    func isEmptied(_ name: String) -> Bool {
        let texts = self.form.all(name)
        return self.given[name] == nil && !texts.isEmpty && texts.allSatisfy(\.isEmpty)
    }

    /// What a field holds; nil when it is not there or empty.
    func value<Value>(_ name: String, _ type: FieldType<Value>) -> Value?? {
        if let given = self.given[name] {
            guard given != .null, given != "" else { return nil }
            let value: Value? = type.fromJSON(given) ?? given.string.flatMap { type.fromForm([$0]) }
            return .some(value)
        }
        let texts = self.form.all(name)
        let takesEmpty = type.takesEmpty || self.emptied.contains(name)
        guard !texts.isEmpty, takesEmpty || texts.contains(where: { !$0.isEmpty }) else { return nil }
        return .some(type.fromForm(texts))
    }
}

extension JSONValue {
    fileprivate var fieldText: String? { self.string ?? self.integer.map { "\($0)" } }
}

extension FieldType {
    /// How a form sends the value: in one text, or in several of one name.
    fileprivate func fromForm(_ texts: [String]) -> Value? {
        if let fromTexts { return fromTexts(texts) }
        return texts.first.flatMap(self.fromText)
    }

    /// Whether a field that was emptied says something.
    fileprivate var takesEmpty: Bool { self.fromTexts != nil }
}
