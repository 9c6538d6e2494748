import Kernel

/// How codes of ISO 3166-2 are written.
enum PlaceCode {
    /// `JP-26`, or two letters, in whatever case.
    static func isCode(_ text: String) -> Bool {
        let parts = text.bytewise.split("-", keepsEmpty: true)
        guard let country = parts.first, country.utf8.count == 2, country.utf8.allSatisfy(\.isLetter) else {
            return false
        }
        guard parts.count > 1 else { return true }
        return parts.count == 2 && (1...3).contains(parts[1].utf8.count)
            && parts[1].utf8.allSatisfy { $0.isLetter || $0.isDigit }
    }
}
