import Web

/// What the forum says, in every language. Keys and arguments are the same in each file.
enum ForumWords {
    static let all = Words(
        [
            .english: ForumEnglish.file, .japanese: ForumJapanese.file, .chinese: ForumChinese.file,
            .vietnamese: ForumVietnamese.file,
        ],
        over: HouseWords.all
    )
}
