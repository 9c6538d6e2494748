import Foundation

/// Folders for what is this user's alone.
enum DataFolder {
    static func make(_ path: String) throws {
        umask(0o077)
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }
}
