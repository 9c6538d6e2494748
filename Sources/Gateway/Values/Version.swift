import Kernel

extension Timestamp {
    /// As the version of what was changed then.
    var version: String { String(self.microseconds, radix: 36) }
}
