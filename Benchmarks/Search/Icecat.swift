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

    func measure(_ kind: SearchKind, only ids: Set<String>? = nil) throws -> Relevance.Figures {
        let index = SearchIndex(kind)
        try index.apply(self.documents.map { .put($0) })
        return Relevance(index: index).measure(self.judgements, only: ids)
    }

    /// Questions by turns in two folds; each is answered with the weights that are the best on the other.
    func crossValidated() throws -> Relevance.Figures {
        let ids = self.judgements.questions.map(\.id).filter { self.judgements.grades[$0]?.values.contains { $0 > 0 } ?? false }
        let folds = [0, 1].map { fold in Set(ids.enumerated().filter { $0.offset % 2 == fold }.map(\.element)) }
        var best: [(Relevance.Figures, Relevance.Figures)?] = [nil, nil]
        for length in [0.3, 0.5, 0.7] {
            for description in [0.35, 0.5, 0.7] {
                for attributes in [0.05, 0.08, 0.12] {
                    for saturation in [0.6, 0.9, 1.3] {
                        let weights = ["b": length, "desc": description, "attr": attributes, "k1": saturation]
                        let index = SearchIndex(Self.kind(weights))
                        try index.apply(self.documents.map { .put($0) })
                        let figures = folds.map { Relevance(index: index).measure(self.judgements, only: $0) }
                        for fold in 0...1 where figures[fold].ndcg > best[fold]?.0.ndcg ?? 0 {
                            best[fold] = (figures[fold], figures[1 - fold])
                        }
                    }
                }
            }
        }
        let tested = best.compactMap { $0?.1 }
        func mean(_ figure: KeyPath<Relevance.Figures, Double>) -> Double {
            tested.reduce(0) { $0 + $1[keyPath: figure] } / Double(tested.count)
        }
        return Relevance.Figures(ndcg: mean(\.ndcg), ndcgOfJudged: mean(\.ndcgOfJudged), judged: mean(\.judged))
    }

    static func kind(_ weights: [String: Double] = [:]) -> SearchKind {
        func weight(_ name: String, _ usual: Double) -> Double { weights[name] ?? usual }
        var ranking = SearchRanking()
        ranking.saturation = weight("k1", 0.9)
        ranking.lengthShare = weight("b", 0.5)
        ranking.sameField = weight("same", 0.05)
        ranking.neighbours = weight("near", 0.1)
        ranking.synonym = weight("syn", 0.5)
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
            synonyms: weight("syn", 0.5) > 0 ? Self.synonyms : []
        )
    }

    static let synonyms = [
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
