import Web

/// What the market says, in every language. Keys and arguments are the same in each file.
enum MarketWords {
    static let all = Words(
        [
            .english: MarketEnglish.file, .japanese: MarketJapanese.file, .chinese: MarketChinese.file,
            .vietnamese: MarketVietnamese.file,
        ],
        over: HouseWords.all
    )
}
