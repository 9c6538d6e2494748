import Web

/// What the network says, in every language. Keys and arguments are the same in each file.
enum AffiliateWords {
    static let all = Words(
        [
            .english: AffiliateEnglish.file, .japanese: AffiliateJapanese.file, .chinese: AffiliateChinese.file,
            .vietnamese: AffiliateVietnamese.file,
        ],
        over: HouseWords.all
    )
}
