import Foundation
import Market
import Search

/// Everyday questions in four languages about services such as the demo's, judged in this repository.
enum Everyday {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Tests/MarketTests/Relevance")

    static func measure() throws -> Relevance.Figures {
        let index = SearchIndex(ListingSearch.kind)
        let records = try String(contentsOf: self.folder.appending(path: "records.tsv"), encoding: .utf8)
        try index.apply(
            records.split(separator: "\n").enumerated().map { number, line in
                .put(ListingSearch.document(line.split(separator: "\t").map(String.init), order: -Int64(number)))
            }
        )
        let text = try String(contentsOf: self.folder.appending(path: "questions.tsv"), encoding: .utf8)
        return Relevance(index: index).measure(Judgements(everyday: text))
    }
}
