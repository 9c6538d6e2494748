import Kernel

/// Where something is sold: ISO 3166-1 alpha-2. The contract's example `UK` is not of it; it and `GB` are one region.
struct Region: Hashable, Sendable {
    /// `GB` for both.
    let code: String
    /// As it was written, in capitals.
    let written: String

    /// Nil for anything but a code of the list.
    init?(_ text: String) {
        let letters = text.uppercased()
        let code = letters == "UK" ? "GB" : letters
        guard Self.codes.contains(code) else { return nil }
        (self.written, self.code) = (letters, code)
    }

    /// As it was stored, also where the list has changed since: what cannot be sold anywhere is not sold everywhere.
    init(stored text: some StringProtocol) {
        self.written = String(text)
        self.code = self.written == "UK" ? "GB" : self.written
    }

    /// Every code, for documents.
    static var all: [String] { (Self.codes.union(["UK"])).sorted() }

    /// Assigned ones, and `XK`, by which Kosovo is known.
    private static let codes = Set(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI
        CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ
        GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
        LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG
        PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK
        TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
        """
        .bytewise.split(anyOf: " \n").map(String.init)
    )

    static func == (left: Region, right: Region) -> Bool { left.code == right.code }
    func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    /// Both spellings of a region that has two.
    var spellings: [String] { self.code == "GB" ? ["UK", "GB"] : [self.code] }
}
