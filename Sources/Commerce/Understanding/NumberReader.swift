import Kernel

/// Reads numbers: in digits with separators, in Han characters, with factors, currencies and units.
struct NumberReader {
    let sentence: FoldedSentence
    let lexicon: Lexicon

    private var text: [UInt32] { self.sentence.plain }

    /// The quantity that begins at a place; nil where none does.
    func read(at place: Int) -> (quantity: Quantity, end: Int)? {
        var start = place
        var currency: String?
        if let sign = self.sign(at: place) {
            currency = sign.currency
            start = self.skippingSpace(sign.end)
        }
        let words = self.wordNumber(at: start)
        guard let number = self.number(at: start) ?? words else { return nil }
        var quantity = Quantity(micros: number.micros, currency: currency)
        var end = number.end
        self.readFactor(&quantity, &end)
        if words != nil { self.readSmallerWords(&quantity, &end) }
        if quantity.currency == nil { self.readSuffix(&quantity, &end) }
        guard words != nil else { return (quantity, end) }
        return self.isSaidOfSomething(quantity, from: number, to: end) ? (quantity, end) : nil
    }

    // MARK: Signs

    private static let signs: [(text: [UInt32], currency: String)] = [
        ("us$", "USD"), ("ca$", "CAD"), ("au$", "AUD"), ("nz$", "NZD"), ("r$", "BRL"), ("hk$", "HKD"), ("nt$", "TWD"),
        ("a$", "AUD"), ("c$", "CAD"), ("s$", "SGD"), ("$", "USD"),
        ("£", "GBP"), ("€", "EUR"), ("¥", "¥"), ("₫", "VND"), ("₩", "KRW"), ("₹", "INR"), ("฿", "THB"), ("₱", "PHP"),
        ("₽", "RUB"), ("₺", "TRY"), ("usd", "USD"), ("chf", "CHF"),
        ("cad", "CAD"), ("aud", "AUD"), ("nzd", "NZD"), ("sgd", "SGD"), ("inr", "INR"), ("thb", "THB"), ("rmb", "CNY"),
        ("eur", "EUR"), ("gbp", "GBP"), ("jpy", "JPY"), ("vnd", "VND"), ("cny", "CNY"),
    ].map { (Array($0.0.unicodeScalars.map(\.value)), $0.1) }

    private func sign(at place: Int) -> (currency: String, end: Int)? {
        guard place == 0 || !FoldedSentence.isWordPart(self.text[place - 1]) else { return nil }
        for sign in Self.signs where self.text[place...].starts(with: sign.text) {
            let end = self.skippingSpace(place + sign.text.count)
            if end < self.text.count, FoldedSentence.isDigit(self.text[end]) {
                return (sign.currency, place + sign.text.count)
            }
        }
        return nil
    }

    private func skippingSpace(_ place: Int) -> Int {
        place < self.text.count && self.text[place] == 32 ? place + 1 : place
    }

    // MARK: Numbers

    private func number(at place: Int) -> (micros: Int64, end: Int)? {
        guard place < self.text.count else { return nil }
        if FoldedSentence.isDigit(self.text[place]) { return self.digits(at: place) }
        return self.hanNumber(at: place)
    }

    /// A number in words is one where it is said of what: *all in one* counts nothing, *một* is an article as well, and *đồng hồ* is a watch.
    private func isSaidOfSomething(_ quantity: Quantity, from number: (micros: Int64, end: Int), to end: Int) -> Bool {
        guard end > number.end else { return false }
        if quantity.hasFactor { return true }
        if self.sentence.language == .vi, number.micros == Micros.perUnit { return false }
        let start = self.skippingSpace(number.end)
        let reach = self.lexicon.matches(self.sentence, at: start).first.map { start + $0.length } ?? end
        let isSingular = Self.singular.contains { self.text[start..<end].elementsEqual($0) }
        return reach <= end && !isSingular
    }

    /// *A ten pound weight* costs anything.
    private static let singular = ["dollar", "euro", "pound"].map { $0.unicodeScalars.map(\.value) }

    /// `one thousand two hundred`, `hai triệu năm trăm nghìn`: what stands behind a factor is added.
    private func readSmallerWords(_ quantity: inout Quantity, _ end: inout Int) {
        var power = quantity.factor
        while power > 0, let more = self.wordNumber(at: self.skippingSpace(end)) {
            var part = Quantity(micros: more.micros, currency: nil)
            var next = more.end
            self.readFactor(&part, &next)
            guard part.factor < power, let limit = Self.multiplied(Micros.perUnit, power), part.micros < limit else {
                return
            }
            quantity.micros += part.micros
            (power, end) = (part.factor, next)
        }
    }

    private func wordNumber(at place: Int) -> (micros: Int64, end: Int)? {
        guard place < self.text.count, !FoldedSentence.isDigit(self.text[place]),
            place == 0 || !FoldedSentence.isWordPart(self.text[place - 1])
        else { return nil }
        let found = NumberWords.of(self.sentence.language)?.read(self.text, at: place)
        return found.map { ($0.number * Micros.perUnit, $0.end) }
    }

    /// A separator before exactly three digits is one of thousands: a comma, in Vietnamese also a point.
    private func digits(at place: Int) -> (micros: Int64, end: Int)? {
        var groups: [[UInt32]] = [[]]
        var separators: [UInt32] = []
        var end = place
        while end < self.text.count {
            let scalar = self.text[end]
            if FoldedSentence.isDigit(scalar) {
                groups[groups.count - 1].append(scalar)
            } else if scalar == 0x2C || scalar == 0x2E, end + 1 < self.text.count,
                FoldedSentence.isDigit(self.text[end + 1])
            {
                separators.append(scalar)
                groups.append([])
            } else {
                break
            }
            end += 1
        }
        var whole = groups[0]
        var places: [UInt32] = []
        for (separator, group) in zip(separators, groups.dropFirst()) {
            let isThousands =
                group.count == 3 && places.isEmpty && (separator == 0x2C || self.sentence.language == .vi)
                && whole.count <= 15 && whole.first != 48
            if isThousands { whole += group } else if places.isEmpty { places = group } else { return nil }
        }
        guard let micros = Self.micros(whole, places), micros <= Self.largest else { return nil }
        return (micros, end)
    }

    private static func micros(_ whole: [UInt32], _ places: [UInt32]) -> Int64? {
        let digits = whole + places.prefix(6) + Array(repeating: 48, count: max(0, 6 - places.count))
        return digits.reduce(Optional(Int64(0))) { value, digit in
            guard let (product, overflowed) = value?.multipliedReportingOverflow(by: 10), !overflowed else {
                return nil
            }
            let (sum, carried) = product.addingReportingOverflow(Int64(digit) - 48)
            return carried ? nil : sum
        }
    }

    private static let hanDigits: [UInt32: Int64] = {
        let digits = Array("〇一二三四五六七八九".unicodeScalars.map(\.value))
        var values = Dictionary(uniqueKeysWithValues: zip(digits, Int64(0)...9))
        values[0x4E24] = 2
        values[0x5169] = 2
        values[0x96F6] = 0
        return values
    }()
    private static let hanFactors: [UInt32: Int64] = [0x5341: 10, 0x767E: 100, 0x5343: 1000]
    private static let hanGroups: [UInt32: Int64] = [0x4E07: 10_000, 0x842C: 10_000, 0x4EBF: 100_000_000]

    /// `三千五` (3,500), `两万三千`, `一百零五`: of two characters or more, one of them a factor.
    private func hanNumber(at place: Int) -> (micros: Int64, end: Int)? {
        var (total, section, digit): (Int64, Int64, Int64) = (0, 0, 0)
        var end = place
        var hasFactor = false
        // What a last digit without a factor of its own is a tenth of.
        var unit: Int64 = 1
        while end < self.text.count {
            let scalar = self.text[end]
            if let value = Self.hanDigits[scalar] {
                digit = value
                if value == 0 { unit = 1 }
            } else if let factor = Self.hanFactors[scalar] {
                section += max(digit, 1) * factor
                (digit, unit) = (0, factor)
                hasFactor = true
            } else if let group = Self.hanGroups[scalar] {
                total += max(section + digit, 1) * group
                (section, digit, hasFactor, unit) = (0, 0, true, group)
            } else {
                break
            }
            guard end - place < 16, total < 1_000_000_000_000 else { return nil }
            end += 1
        }
        let isNumber = hasFactor ? end - place >= 2 : end - place == 1 && self.isBeforeSuffix(end)
        guard isNumber else { return nil }
        let number = total + section + (unit >= 100 ? digit * (unit / 10) : digit)
        return number <= Self.largest / Micros.perUnit ? (number * Micros.perUnit, end) : nil
    }

    private func isBeforeSuffix(_ place: Int) -> Bool {
        place < self.text.count && !self.lexicon.suffixes(self.sentence, at: place).isEmpty
    }

    // MARK: What follows

    /// Forms of one letter, and some that are words of their own, stand right behind the number.
    private func suffix(at end: Int, _ wanted: (Meaning) -> Bool) -> (meaning: Meaning, end: Int)? {
        var starts = [end]
        if end < self.text.count, [32, 0x2D].contains(self.text[end]) { starts.append(end + 1) }
        for start in starts where start < self.text.count {
            for match in self.lexicon.suffixes(self.sentence, at: start) {
                guard let meaning = match.meanings.first(where: wanted) else { continue }
                let last = start + match.length
                let form = self.text[start..<last]
                let isLatin = FoldedSentence.isWordPart(form.first ?? 0)
                if isLatin, start > end, match.length == 1 || form.elementsEqual("in".unicodeScalars.map(\.value)) {
                    continue
                }
                if isLatin, last < self.text.count, FoldedSentence.isWordPart(self.text[last]) {
                    if case .factor = meaning, FoldedSentence.isDigit(self.text[last]) { return (meaning, last) }
                    continue
                }
                return (meaning, last)
            }
        }
        return nil
    }

    private func readFactor(_ quantity: inout Quantity, _ end: inout Int) {
        while let found = self.suffix(at: end, { if case .factor = $0 { true } else { false } }),
            case .factor(let power) = found.meaning, quantity.factor == 0 || power < quantity.factor
        {
            // `4 m` and `5 k` of other units are told by what follows; a factor alone stays a factor.
            guard quantity.factor == 0 else { break }
            guard let product = Self.multiplied(quantity.micros, power) else { return }
            (quantity.micros, quantity.hasFactor, quantity.factor, end) = (product, true, power, found.end)
            self.readFraction(&quantity, &end, power)
        }
    }

    /// `2tr5` is two and a half million, `2万5千` twenty-five thousand.
    private func readFraction(_ quantity: inout Quantity, _ end: inout Int, _ power: Int) {
        guard end < self.text.count, FoldedSentence.isDigit(self.text[end]), let more = self.digits(at: end) else {
            return
        }
        if let found = self.suffix(at: more.end, { if case .factor = $0 { true } else { false } }),
            case .factor(let smaller) = found.meaning, smaller < power,
            let product = Self.multiplied(more.micros, smaller)
        {
            quantity.micros += product
            end = found.end
            return
        }
        let count = more.end - end
        guard count <= power, let product = Self.multiplied(more.micros, power - count) else { return }
        quantity.micros += product
        end = more.end
    }

    /// Beyond a million million nothing is a price or a measure. What is read is added up and multiplied by a few: that stays in range.
    private static let largest = Int64(1_000_000_000_000) * Micros.perUnit

    static func multiplied(_ micros: Int64, _ power: Int) -> Int64? {
        let (product, overflowed) = micros.multipliedReportingOverflow(by: (0..<power).reduce(1) { ten, _ in ten * 10 })
        return overflowed || product > Self.largest ? nil : product
    }

    private func readSuffix(_ quantity: inout Quantity, _ end: inout Int) {
        for sign in Self.signs where self.text[end...].starts(with: sign.text) && sign.text.count == 1 {
            (quantity.currency, end) = (sign.currency, end + 1)
            return
        }
        let found = self.suffix(at: end) { if case .factor = $0 { false } else { true } }
        guard let found else { return }
        switch found.meaning {
        case .currency(let code): quantity.currency = code
        case .unit(let unit) where !quantity.hasFactor || unit == "MP": quantity.unit = unit
        case .age(let age): quantity.age = age
        default: return
        }
        end = found.end
    }
}
