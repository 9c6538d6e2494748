import Kernel

/// A strong `ETag`: of the moment at which something was changed last.
enum EntityTag {
    static func of(_ moment: Timestamp) -> String { "\"\(String(moment.microseconds, radix: 36))\"" }
}
