import Web

/// What commerce says, in every language. Keys and arguments are the same in each file.
enum CommerceWords {
    static let all = Words(
        [
            .english: CommerceEnglish.file, .japanese: CommerceJapanese.file, .chinese: CommerceChinese.file,
            .vietnamese: CommerceVietnamese.file,
        ],
        over: HouseWords.all
    )
}
