import Foundation
import Search

@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments[1] == "bench" { return try EngineBench.run(Int(arguments[2]) ?? 0) }
        let weights = Dictionary(
            uniqueKeysWithValues: arguments.dropFirst(3).map { argument in
                let parts = argument.split(separator: "=")
                return (String(parts[0]), Double(parts[1]) ?? 0)
            }
        )
        let icecat = Icecat(folder: arguments[2])
        let kind = Icecat.kind(weights)
        let clock = ContinuousClock()
        let documents = try icecat.documents()
        let index = SearchIndex(kind)
        let time = try clock.measure { try index.apply(documents.map { .put($0) }) }
        print("built", documents.count, time)
        let judgements = try icecat.judgements()
        let relevance = Relevance(index: index)
        let spent = clock.measure {
            let figures = relevance.measure(judgements, verbose: arguments[1] == "verbose")
            print(
                String(
                    format: "NDCG@10 %.4f judged only %.4f judged@10 %.3f",
                    figures.ndcg,
                    figures.ndcgOfJudged,
                    figures.judged
                )
            )
        }
        print(spent)
    }
}
