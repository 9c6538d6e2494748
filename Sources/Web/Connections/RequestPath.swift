import Foundation
import Kernel

/// The one reading of a request's path. A path that could be read in two ways names nothing: `//market/…`, `/market/./…`,
/// `/market/%2e%2e/…`, a backslash, an encoded slash.
package struct RequestPath: Sendable {
    /// Endpoints that hand the rest of the path to somebody else, by the segments that stand before it; nil is a parameter.
    private let open: [[String?]]
    /// The surfaces' start pages, which end with a slash.
    private let starts: Set<String>

    package init(_ mounted: [(prefix: String, endpoints: [Endpoint])]) {
        self.starts = Set(mounted.map { $0.prefix + "/" } + ["/"])
        let paths = mounted.flatMap { prefix, endpoints in
            endpoints.filter(\.takesRestOfPath).map { prefix + $0.path }
        }
        self.open = Set(paths).sorted().map { path in
            path.bytewise.split("/").dropLast().map { $0.utf8.first == UInt8(ascii: "{") ? nil : String($0) }
        }
    }

    /// Path and query of a request's target, which may name the whole address (RFC 9112, section 3.2.2).
    package static func origin(_ target: String) -> Substring {
        if target.utf8.first == UInt8(ascii: "/") { return target[...] }
        for scheme in ["http://", "https://"] {
            guard let rest = target.bytewise.dropping(prefix: scheme) else { continue }
            let start = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            return start.map { rest[$0...] } ?? "/"
        }
        return target[...]
    }

    /// What a request's target names.
    package enum Reading: Equatable, Sendable {
        /// A path as this server writes it.
        case proper
        /// The same with a slash at its end, which stands here without it.
        case slashed(String)
        /// Nothing: it could be read in two ways.
        case ambiguous
        /// Nothing: it is not percent-encoded UTF-8.
        case unreadable
    }

    package func read(_ target: String) -> Reading {
        let end = Self.endOfPlainPath(target)
        if let end, end != UInt8(ascii: "/") { return .proper }
        let (path, query) = Self.origin(target).bytewise.cut(at: "?")
        guard end != nil || self.isCanonical(path) else {
            return String(path).removingPercentEncoding == nil ? .unreadable : .ambiguous
        }
        return self.withoutSlash(path).map { .slashed("\($0)\(query.map { "?\($0)" } ?? "")") } ?? .proper
    }

    /// The last byte of a plain path; nil if the path may be ambiguous. Nearly every path is plain, so this check is fast.
    private static func endOfPlainPath(_ target: String) -> UInt8? {
        guard target.utf8.first == UInt8(ascii: "/") else { return nil }
        var previous: UInt8 = 0
        for byte in target.utf8 {
            if byte == UInt8(ascii: "?") { break }
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "\\"): return nil
            case UInt8(ascii: "/"), UInt8(ascii: "."): if previous == UInt8(ascii: "/") { return nil }
            default: break
            }
            previous = byte
        }
        return previous
    }

    private func withoutSlash(_ path: Substring) -> Substring? {
        guard let shorter = path.bytewise.dropping(suffix: "/"), !self.starts.contains(String(path)) else { return nil }
        let segments = path.bytewise.split("/", keepsEmpty: true).dropFirst()
        return self.open.contains { Self.matches(segments, $0) } ? nil : shorter
    }

    /// Whether the path is written as this server writes it, but for a slash at its end.
    private func isCanonical(_ path: Substring) -> Bool {
        guard path.utf8.first == UInt8(ascii: "/") else { return false }
        let segments = path.bytewise.split("/", keepsEmpty: true).dropFirst()
        let own = self.open.first { Self.matches(segments, $0) }.map { segments.prefix($0.count) } ?? segments
        let last = own.indices.last
        return own.indices.allSatisfy {
            Self.isProper(own[$0]) || $0 == last && $0 == segments.indices.last && own[$0].isEmpty
        }
    }

    private static func matches(_ segments: ArraySlice<Substring>, _ open: [String?]) -> Bool {
        segments.count > open.count && zip(segments, open).allSatisfy { $1 == nil || $0.bytewise.equals($1 ?? "") }
    }

    private static func isProper(_ segment: Substring) -> Bool {
        if segment.isEmpty { return false }
        let decoded =
            segment.utf8.contains(UInt8(ascii: "%")) ? Substring(segment.removingPercentEncoding ?? "/") : segment
        let name = decoded.bytewise.cut(at: ";").before
        return !name.bytewise.equals(".") && !name.bytewise.equals("..") && !decoded.bytewise.contains(anyOf: "/\\\0")
    }
}
