/// Scalars that make one grapheme with what stands before or behind them, so that a delimiter beside them is no `Character` of
/// its own: one of each kind that Unicode has.
package enum Joiners {
    package static let all: [String] = [
        // Prepend: joins with what follows.
        "\u{0600}", "\u{06DD}", "\u{070F}", "\u{08E2}", "\u{0D4E}", "\u{110BD}", "\u{111C2}", "\u{1193F}", "\u{11A3A}",
        "\u{11D46}",
        // Extend: joins with what stands before.
        "\u{0300}", "\u{0301}", "\u{0323}", "\u{034F}", "\u{0591}", "\u{0E31}", "\u{20DD}", "\u{FE0F}", "\u{1F3FB}",
        "\u{E0020}", "\u{E0100}",
        // SpacingMark, zero-width joiner and non-joiner.
        "\u{0903}", "\u{0E33}", "\u{1B04}", "\u{200C}", "\u{200D}",
        // Regional indicators, Hangul, control and line ends.
        "\u{1F1E6}", "\u{1100}", "\u{1161}", "\u{11A8}", "\r", "\n", "\r\n", "\u{2028}", "\u{FEFF}", "\u{00AD}",
    ]
}
