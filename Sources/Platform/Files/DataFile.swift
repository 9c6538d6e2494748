/// What a slice keeps in the data directory and cannot make anew: a file, or a folder with all that is in it.
package struct DataFile: Sendable {
    /// From the data directory.
    package let path: String
    /// A secret is in a backup only under its passphrase.
    package let isSecret: Bool

    package init(_ path: String, isSecret: Bool = false) {
        self.path = path
        self.isSecret = isSecret
    }
}
