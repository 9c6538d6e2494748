import Foundation
import Search

/// The Icecat products with the judgements of the Chorus project, in a folder that is not part of this repository.
struct Icecat {
    private let documents: [SearchDocument]
    private let judgements: Judgements

    init(folder: String) throws {
        self.documents = try Self.documents(folder)
        self.judgements = try Self.judgements(folder)
    }

    func measure() throws -> Relevance.Figures {
        let index = SearchIndex(Self.kind())
        try index.apply(self.documents.map { .put($0) })
        return Relevance(index: index).measure(self.judgements)
    }

    /// Questions by turns in two folds; each is answered with the weights that are the best on the other.
    ///
    /// Two weights are tried, in three steps each. More of them find more in their own fold and less in the other.
    func crossValidated() throws -> Relevance.Figures {
        let ids = self.judgements.questions.map(\.id).filter {
            self.judgements.grades[$0]?.values.contains { $0 > 0 } ?? false
        }
        let folds = [0, 1].map { fold in Set(ids.enumerated().filter { $0.offset % 2 == fold }.map(\.element)) }
        var tried: [[Relevance.Figures]] = []
        for description in [0.4, 0.5, 0.6] {
            for sameField in [0.1, 0.15, 0.2] {
                let index = SearchIndex(Self.kind(description: description, sameField: sameField))
                try index.apply(self.documents.map { .put($0) })
                tried.append(folds.map { Relevance(index: index).measure(self.judgements, only: $0) })
            }
        }
        let tested = [0, 1].compactMap { fold in tried.max { $0[fold].ndcg < $1[fold].ndcg }?[1 - fold] }
        func mean(_ figure: KeyPath<Relevance.Figures, Double>) -> Double {
            tested.reduce(0) { $0 + $1[keyPath: figure] } / Double(tested.count)
        }
        return Relevance.Figures(ndcg: mean(\.ndcg), ndcgOfJudged: mean(\.ndcgOfJudged), judged: mean(\.judged))
    }

    static func kind(description: Double = 0.5, sameField: Double = 0.15) -> SearchKind {
        var ranking = SearchRanking()
        ranking.sameField = sameField
        return SearchKind(
            "icecat",
            fields: [
                SearchField("title", weight: 1, usualLength: 11),
                SearchField("description", weight: description, usualLength: 10.5),
                SearchField("brand", weight: 0.5, usualLength: 1.25),
                SearchField("name", weight: 0.5, usualLength: 6),
                SearchField("attributes", weight: 0.045, usualLength: 41),
                SearchField("type", weight: 0.5, usualLength: 0.42),
            ],
            ranking: ranking,
            synonyms: Self.synonyms
        )
    }

    private static let synonyms = [
        "laptop = notebook", "tv = television", "ssd = solid state drive", "hdd = hard disk", "phone = smartphone",
    ]

    private static func documents(_ folder: String) throws -> [SearchDocument] {
        let (reader, output) = (Process(), Pipe())
        reader.executableURL = URL(filePath: "/bin/zcat")
        reader.arguments = [folder + "/products.jsonl.gz"]
        reader.standardOutput = output
        try reader.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
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

    private static func judgements(_ folder: String) throws -> Judgements {
        var judgements = Judgements()
        for line in try String(contentsOfFile: folder + "/queries.tsv", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            judgements.questions.append((parts[0], parts[1]))
        }
        for line in try String(contentsOfFile: folder + "/qrels.tsv", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            judgements.grades[parts[0], default: [:]][parts[2]] = Int(parts[3])
        }
        return judgements
    }
}
