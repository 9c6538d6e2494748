import Foundation
import Search

/// `relevance [FOLDER]` prints how good answers are, with the products of Icecat if their folder is given; `bench COUNT` measures the
/// engine alone.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.dropFirst(2).first) {
        case ("bench", let count?): try EngineBench.run(Int(count) ?? 100_000)
        case ("relevance", let folder): try relevance(folder)
        default: print("usage: souk-search relevance [FOLDER] | bench COUNT")
        }
    }

    /// What was measured last. Whoever makes answers better writes it here.
    private static let reached = ["everyday": 0.991, "icecat": 0.782, "folds": 0.782]

    private static func relevance(_ folder: String?) throws {
        print("| | NDCG@10 | of judged records | judged@10 |\n| --- | --- | --- | --- |")
        var fallen: [String] = []
        func show(_ name: String, _ title: String, _ figures: Relevance.Figures) {
            print(
                String(format: "| %@ | %.3f | %.3f | %.2f |", title, figures.ndcg, figures.ndcgOfJudged, figures.judged)
            )
            if figures.ndcg < (self.reached[name] ?? 0) - 0.01 { fallen.append(title) }
        }
        show("everyday", "everyday questions about services and programs", try Everyday.measure())
        if let folder, !folder.isEmpty {
            let icecat = try Icecat(folder: folder)
            show("icecat", "Icecat, weights as they are", try icecat.measure())
            show("folds", "Icecat, two folds, each with the best weights of the other", try icecat.crossValidated())
        }
        guard !fallen.isEmpty else { return }
        print("Fallen by more than 0.01: " + fallen.joined(separator: "; "))
        exit(1)
    }
}
