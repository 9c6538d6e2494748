package import HummingbirdCore
import Kernel

extension URI {
    /// What stands in the query, as forms and HTTP clients write it: a plus sign is a space.
    package var fields: FlatDictionary<Substring, Substring> {
        guard let query = self.query, query.bytewise.contains("+") else { return self.queryParameters }
        return URI("/?" + query.bytewise.replacing("+", with: "%20")).queryParameters
    }
}
