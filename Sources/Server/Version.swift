import Foundation
import Kernel

package enum Version {
    package static let text = "0.1.0"

    /// Of the source that was built, as its package says beside the binary: `share/souk/revision`.
    package static let revision: String = {
        let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let beside = binary.deletingLastPathComponent().deletingLastPathComponent().path
        let found = try? String(contentsOfFile: "\(beside)/share/souk/revision", encoding: .utf8).trimmed
        return found.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
    }()

    /// `0.1.0 (7e788b396ea9)`.
    package static var full: String { self.revision == "unknown" ? self.text : "\(self.text) (\(self.revision))" }
}
