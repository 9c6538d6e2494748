import Kernel
import Web

/// A piece of a sentence that was understood, as it is shown.
struct PieceOutput: Answer {
    let piece: ParsedIntent.Piece
    var basis = "rules"

    /// Every question writes some.
    static let shape = Shape<Self>(members: Self.members)

    static let members: [Member<Self>] = [
        Member(
            "kind",
            { $0.piece.kind.rawValue },
            "What is said: budget, category, brand, region, …",
            example: "budget"
        ),
        Member("value", \.piece.value, "In one form for all languages", example: "<= 30 USD"),
        Member("text", \.piece.text, "The words that say it", example: "under $30"),
        Member("start", \.piece.start, "Where they begin, in Unicode scalars", example: 15),
        Member("hard", \.piece.isHard, "Whether nothing is shown that breaks it"),
        Member("basis", \.basis, "Who has understood it: rules, caller or llm", example: "rules"),
    ]
}
