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

    private static func relevance(_ folder: String?) throws {
        print("| | NDCG@10 | of judged records | judged@10 |\n| --- | --- | --- | --- |")
        let everyday = try Everyday.measure()
        show("everyday questions about services and programs", everyday)
        guard let folder, !folder.isEmpty else { return }
        let icecat = try Icecat(folder: folder)
        show("Icecat, weights as they are", try icecat.measure(Icecat.kind()))
        show("Icecat, two folds, each with the best weights of the other", try icecat.crossValidated())
    }

    private static func show(_ name: String, _ figures: Relevance.Figures) {
        print(String(format: "| %@ | %.3f | %.3f | %.2f |", name, figures.ndcg, figures.ndcgOfJudged, figures.judged))
    }
}
