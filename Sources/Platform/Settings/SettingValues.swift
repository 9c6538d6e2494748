import Kernel

/// What the operator has set.
package struct SettingValues: Sendable {
    private let values: [Setting: String]

    package init(_ values: [Setting: String]) { self.values = values }

    package subscript(setting: Setting) -> String? { self.values[setting] }

    /// Comma separated.
    package func list(_ setting: Setting) -> [String] { (self[setting] ?? "").bytewise.list(",") }

    /// Throws `ConfigurationError`, which names the setting.
    package func integer(_ setting: Setting, _ range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let text = self[setting] else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                "\(setting.name): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }
}
