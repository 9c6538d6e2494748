import Foundation
import Kernel
import Platform
import Web

/// All settings as a YAML file that explains itself.
package enum SettingsFile {
    /// Without values: a file to begin with.
    package static let example = text(of: [:])

    /// With the values in force, and where each comes from. A secret only says that it is set.
    package static func text(of configuration: Configuration) -> String { self.text(of: configuration.given) }

    private static func text(of given: [Setting: Configuration.Given]) -> String {
        let heads =
            [("The house", Setting.ofHouse)]
            + House.sliceTypes.map { slice in
                (
                    "The \(slice.name) surface",
                    [Setting.listen(slice.name), .publicURL(of: slice.name)] + slice.settings
                )
            }
        let groups = heads.map { title, settings in
            "# \(title)\n" + settings.map { self.lines(of: $0, given[$0]) }.joined(separator: "\n")
        }
        return self.introduction + "\n" + groups.joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        # Settings of Souk. `souk serve --config FILE` reads them.
        # A setting can also be a variable (SOUK_PUBLIC_URL) or, unless it is a secret, a flag (--public-url).
        # Flags win over variables, variables over this file. What stands in brackets is the default.

        """

    private static func lines(of setting: Setting, _ given: Configuration.Given?) -> String {
        let kind = setting.isSecret ? "; a secret: no flag" : ""
        let head = "# \(setting.help)\(kind)\n"
        guard let given else { return head + "#\(setting.name):\n" }
        let isSecret = setting.isSecret || [.secretKey, .previousSecretKeys].contains(setting)
        let value =
            isSecret ? "(set)" : self.quoted(setting == .database ? self.withoutPassword(given.value) : given.value)
        return head + "\(setting.name): \(value)  # from \(given.source)\n"
    }

    private static func withoutPassword(_ address: String) -> String {
        guard address.bytewise.contains("://") else { return address }
        guard var parts = URLComponents(string: address) else { return "(set)" }
        if parts.password != nil { parts.password = "xxx" }
        parts.queryItems = parts.queryItems?.map {
            $0.name == "password" ? URLQueryItem(name: $0.name, value: "xxx") : $0
        }
        return parts.string ?? "(set)"
    }

    /// JSON's strings are YAML's.
    private static func quoted(_ value: String) -> String { JSON.text(of: .string(value)) }
}
