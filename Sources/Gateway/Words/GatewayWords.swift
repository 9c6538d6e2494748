import Web

/// What the gateway says, in every language. Keys and arguments are the same in each file.
enum GatewayWords {
    static let all = Words(
        [
            .english: GatewayEnglish.file, .japanese: GatewayJapanese.file, .chinese: GatewayChinese.file,
            .vietnamese: GatewayVietnamese.file,
        ],
        over: HouseWords.all
    )
}
