/// What every surface says, in every language.
package enum HouseWords {
    package static let all = Words([
        .english: HouseEnglish.file, .japanese: HouseJapanese.file, .chinese: HouseChinese.file,
        .vietnamese: HouseVietnamese.file,
    ])
}
