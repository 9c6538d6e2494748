import Kernel

/// Something that an operator can set. One name in three spellings: `public_url` in the file, `SOUK_PUBLIC_URL` in the environment,
/// `--public-url` as a flag.
package struct Setting: Hashable, Sendable {
    package let name: String
    /// One line for the operator.
    package let help: String
    /// A secret has no flag, since everybody on a machine can read a command line.
    package let isSecret: Bool

    package init(_ name: String, _ help: String, isSecret: Bool = false) {
        self.name = name
        self.help = help
        self.isSecret = isSecret
    }

    package var environmentName: String { "SOUK_\(self.name.uppercased())" }
    package var flag: String { "--\(self.name.bytewise.replacing("_", with: "-"))" }

    package static func == (left: Self, right: Self) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.name) }
}

/// Why the server refuses to start, in words for the operator.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
