import Foundation

/// Words that say nothing about what is sought. They never decide.
enum StopWords {
    /// English: neither indexed nor asked.
    private static let english: Set<[UInt32]> = Set(
        [
            "a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "could", "do", "does", "for", "from", "get",
            "give",
            "has", "have", "how", "i", "in", "into", "is", "it", "its", "me", "my", "need", "of", "on", "or", "our",
            "please",
            "should", "some", "something", "tell", "tells", "that", "the", "their", "them", "there", "these", "they",
            "this",
            "those", "to", "us", "want", "was", "we", "what", "when", "where", "which", "who", "will", "with", "would",
            "you",
            "your",
        ].map { $0.unicodeScalars.map(\.value) }
    )

    /// Vietnamese, with tone marks: without them, most are other words, too. Only questions leave them out.
    private static let vietnamese: Set<String> = [
        "bằng", "bạn", "bị", "các", "cái", "cho", "có", "của", "cần", "cũng", "đã", "đang", "để", "đến", "đó", "được",
        "giúp", "hãy",
        "hoặc", "khi", "không", "là", "mà", "một", "mong", "muốn", "này", "nên", "nhưng", "những", "nào", "ở", "ra",
        "rằng", "sẽ",
        "tại", "thì", "theo", "tôi", "trên", "trong", "từ", "tới", "và", "vào", "về", "với",
    ]

    /// The question without its Vietnamese stop words.
    static func withoutVietnamese(_ question: String) -> String {
        if question.utf8.allSatisfy({ $0 < 0x80 }) { return question }
        // characters: words of people
        let words = question.split(whereSeparator: \.isWhitespace)
        let rest = words.filter { !Self.vietnamese.contains($0.lowercased().precomposedStringWithCanonicalMapping) }
        return rest.count == words.count ? question : rest.joined(separator: " ")
    }

    private static let longest = Self.english.map(\.count).max() ?? 0

    /// Whether it is an English one.
    static func contains(_ word: ArraySlice<UInt32>) -> Bool {
        word.count <= Self.longest && Self.english.contains(Array(word))
    }

    /// Chinese and Japanese; a question is cut where one of them stands. The longest first.
    static let unspaced: [[UInt32]] = [
        "我想要", "我需要", "告诉我", "请帮我", "給我", "有没有", "可以", "能够", "帮我", "帮忙", "告诉", "需要", "想要", "一个", "一款", "一种", "哪些", "什么",
        "怎么", "如何", "关于", "以及", "或者", "还是", "这个", "那个", "我们", "你们", "的", "了", "和", "是", "在", "我", "你", "请", "给", "吗",
        "呢", "吧",
        "与", "及", "或", "把", "被", "让", "就", "都", "也", "很",
        "教えてくれる", "教えてください", "教えて", "してくれる", "してください", "できる", "したい", "欲しい", "ほしい", "について", "のための", "ための", "ような",
        "という", "ください", "あります", "ありますか", "です", "ます", "する", "した", "して", "から", "まで", "より", "など", "この", "その", "あの", "どの",
        "の",
        "は", "が", "を", "に", "へ", "と", "も", "で", "や", "な",
    ].map { $0.unicodeScalars.map(\.value) }.sorted { $0.count > $1.count }
}
