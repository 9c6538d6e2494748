import Kernel

/// What a type is called among a document's schemas.
enum SchemaName {
    /// Where a schema says which type it is of; it stands in no document.
    static let mark = "x-component"

    /// `Market.ServiceOutput` is `Service`, `Market.TrendingList.Entry` is `TrendingListEntry`, `DataEnvelope<PostOutput>` is `PostDataEnvelope`.
    static func of(_ type: Any.Type) -> String {
        var text = String(reflecting: type)
        // A private type stands in a place that has no name: `.(unknown context at $7f)`.
        while let start = text.bytewise.find(".("), let end = text[start.upperBound...].bytewise.find(")") {
            text.removeSubrange(start.lowerBound..<end.upperBound)
        }
        return text.bytewise.split(anyOf: "<>, ").reversed().map { part in
            part.bytewise.split(".").dropFirst().map { self.plain(String($0)) }.joined()
        }.joined()
    }

    /// Without what says only where a type stands.
    private static func plain(_ name: String) -> String {
        if ["Routes", "Actions", "Operations", "Webhooks"].contains(where: { name.bytewise.ends(with: $0) }) {
            return ""
        }
        for ending in ["Output", "Answer"] where name.bytewise.ends(with: ending) && name != ending {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}
