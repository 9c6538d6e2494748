import Foundation
import Kernel

/// Paths that lead out of the address that they begin with.
package enum DotSegments {
    /// Whether a segment of the path is `.` or `..`, also encoded: it would leave the address that the provider has registered.
    package static func areIn(_ target: String) -> Bool {
        guard target.bytewise.contains(anyOf: ".%") else { return false }
        var path = String(target.bytewise.cut(at: "?").before)
        // Encoded twice, too: there are servers that decode twice.
        for _ in 0..<2 { path = path.removingPercentEncoding ?? path }
        return path.bytewise.split(anyOf: "/\\").contains { segment in
            // What follows `;` are parameters of the segment, which some servers take away first.
            let name = segment.bytewise.cut(at: ";").before
            return name.bytewise.equals(".") || name.bytewise.equals("..")
        }
    }
}
