import Foundation
import Search

/// The Icecat products with the judgements of the Chorus project, in a folder that is not part of this repository.
struct Icecat {
    let folder: String

    static func kind(_ weights: [String: Double] = [:]) -> SearchKind {
        func weight(_ name: String, _ usual: Double) -> Double { weights[name] ?? usual }
        var ranking = SearchRanking()
        ranking.saturation = weight("k1", 0.9)
        ranking.lengthShare = weight("b", 0.5)
        ranking.sameField = weight("same", 0.05)
        ranking.neighbours = weight("near", 0.1)
        ranking.synonym = weight("syn", 0.7)
        ranking.prefix = weight("prefix", 0.5)
        return SearchKind(
            "icecat",
            fields: [
                SearchField("title", weight: 1, usualLength: 11),
                SearchField("description", weight: weight("desc", 0.5), usualLength: 10.5),
                SearchField("brand", weight: weight("brand", 0.5), usualLength: 1.25),
                SearchField("name", weight: weight("name", 0.5), usualLength: 6),
                SearchField("attributes", weight: weight("attr", 0.08), usualLength: 41),
                SearchField("type", weight: weight("type", 0.5), usualLength: 0.42),
            ],
            ranking: ranking,
            synonyms: weight("syn", 0.7) > 0 ? Self.synonyms : []
        )
    }

    static let synonyms = [
        "laptop = notebook", "tv = television", "ssd = solid state drive", "hdd = hard disk", "phone = smartphone",
    ]

    func documents() throws -> [SearchDocument] {
        let text = try String(contentsOfFile: self.folder + "/products.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            func text(_ name: String) -> String { record[name] as? String ?? "" }
            var attributes: [String] = []
            for (name, value) in record.sorted(by: { $0.key < $1.key }) where name.hasPrefix("attr_") {
                if name.hasPrefix("attr_t_") { attributes.append("\(value)") }
                if name.hasPrefix("attr_b_"), value as? Bool == true {
                    attributes.append(name.dropFirst(7).replacingOccurrences(of: "_", with: " "))
                }
            }
            return SearchDocument(
                id: text("id"),
                texts: [
                    text("title"), text("short_description"), text("supplier"), text("name"),
                    attributes.joined(separator: " "),
                    text("attr_t_product_type") + " " + text("attr_t_type"),
                ],
                order: -(Int64(text("id")) ?? 0)
            )
        }
    }

    func judgements() throws -> Judgements {
        var judgements = Judgements()
        for line in try String(contentsOfFile: self.folder + "/queries.tsv", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            judgements.questions.append((parts[0], parts[1]))
        }
        for line in try String(contentsOfFile: self.folder + "/qrels.tsv", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            judgements.grades[parts[0], default: [:]][parts[2]] = Int(parts[3])
        }
        return judgements
    }
}
