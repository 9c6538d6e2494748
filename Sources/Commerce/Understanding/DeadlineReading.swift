import Kernel

/// Until when it must come.
extension SentenceReading {
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    mutating func readDeadline(_ now: Timestamp) {
        let today = Timestamp.floorDays(now)
        for index in self.items.indices where self.isFree(index) {
            guard let found = self.day(at: index, today) else { continue }
            let before = self.neighbour(of: found.range.lowerBound, -1)
            let after = self.isFree(found.range.upperBound + 1) ? found.range.upperBound + 1 : nil
            let isBefore =
                before.map { self.items[$0].says("before_before") } ?? false
                || after.map { self.items[$0].says("before_after") } ?? false
            let isBy =
                before.map { self.items[$0].says("by_before") } ?? false
                || after.map { self.items[$0].says(anyOf: ["by_after", "below_after"]) } ?? false
            guard isBefore || isBy else { continue }
            var range = found.range
            if let before, self.items[before].says(anyOf: ["before_before", "by_before"]) {
                range = before...range.upperBound
            }
            if let after, self.items[after].says(anyOf: ["before_after", "by_after", "below_after"]) {
                range = range.lowerBound...after
            }
            let deadline = Timestamp.dayText(ofDay: isBefore ? found.day - 1 : found.day)
            self.intent.deadline = deadline
            self.add(.deadline, deadline, range, isHard: false)
            self.take(range)
            self.takeArrival(around: range)
            return
        }
    }

    /// *Delivered by Friday*: the word of delivery says nothing of the product.
    private mutating func takeArrival(around range: ClosedRange<Int>) {
        let words: Set<String> = [
            "delivered", "arrive", "arrives", "arriving", "delivery", "needed", "ship", "shipped", "giao", "nhan", "届く",
        ]
        let before = range.lowerBound - 1
        guard self.isFree(before), case .word = self.items[before].kind else { return }
        let text = self.sentence.plain[self.items[before].range]
        let word = String(String.UnicodeScalarView(text.compactMap { Unicode.Scalar($0) }))
        if words.contains(word) { self.take([before]) }
    }

    /// Days since 1970 of the moment that is named at a place.
    private func day(at index: Int, _ today: Int64) -> (day: Int64, range: ClosedRange<Int>)? {
        let item = self.items[index]
        if item.says("today") { return (today, index...index) }
        if item.says("tomorrow") { return (today + 1, index...index) }
        if item.says("overmorrow") { return (today + 2, index...index) }
        if let weekday = Self.weekdays.firstIndex(where: { item.says($0) }) {
            // 1970-01-01 was a Thursday; Monday is 0 here.
            let current = (today + 3) % 7
            let isNext = self.isFree(index - 1) && self.items[index - 1].says("next")
            var ahead = (Int64(weekday) - current + 7) % 7
            if isNext { ahead = Int64(weekday) - current + 7 }
            return (today + ahead, (isNext ? index - 1 : index)...index)
        }
        let fixed: [(String, Int64, Int64)] = [
            ("christmas_eve", 12, 24), ("christmas", 12, 25), ("new_year", 1, 1), ("valentine", 2, 14),
        ]
        if let feast = fixed.first(where: { item.says($0.0) }) {
            return (Self.next(month: feast.1, day: feast.2, today), index...index)
        }
        return self.date(at: index, today)
    }

    /// The next such day, today included.
    private static func next(month: Int64, day: Int64, _ today: Int64) -> Int64 {
        let year = Timestamp(seconds: today * 86_400).civil.year
        let this = Timestamp.days(year: year, month: month, day: day)
        return this >= today ? this : Timestamp.days(year: year + 1, month: month, day: day)
    }

    private static let months =
        [
            "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "april": 4, "apr": 4, "june": 6, "july": 7,
            "august": 8, "aug": 8, "september": 9, "sept": 9, "october": 10, "oct": 10, "november": 11, "nov": 11,
            "december": 12, "dec": 12,
        ] as [String: Int64]

    /// `12月24日`, `Dec 24`, `24 December`, `2026-12-24`; nil for a day that its month does not have.
    private func date(at index: Int, _ today: Int64) -> (day: Int64, range: ClosedRange<Int>)? {
        guard let (day, number, range) = self.namedDate(at: index, today),
            Timestamp(seconds: day * 86_400).civil.day == number
        else { return nil }
        return (day, range)
    }

    private func namedDate(at index: Int, _ today: Int64) -> (day: Int64, number: Int64, range: ClosedRange<Int>)? {
        let text = { (place: Int) -> String in
            guard self.isFree(place) else { return "" }
            let scalars = self.sentence.plain[self.items[place].range].compactMap { Unicode.Scalar($0) }
            return String(String.UnicodeScalarView(scalars))
        }
        let number = { (place: Int) -> Int64? in
            guard self.isFree(place), let quantity = self.items[place].quantity, quantity.isBare, !quantity.hasFactor
            else { return nil }
            return quantity.micros / Micros.perUnit
        }
        if let month = Self.months[text(index)], let day = number(index + 1), (1...31).contains(day) {
            return (Self.next(month: month, day: day, today), day, index...(index + 1))
        }
        if let day = number(index), let month = Self.months[text(index + 1)], (1...31).contains(day) {
            return (Self.next(month: month, day: day, today), day, index...(index + 1))
        }
        if let month = number(index), text(index + 1) == "月", let day = number(index + 2),
            ["日", "号"].contains(text(index + 3)), (1...12).contains(month), (1...31).contains(day)
        {
            return (Self.next(month: month, day: day, today), day, index...(index + 3))
        }
        guard let year = number(index), (2020...2200).contains(year), text(index + 1) == "-",
            let month = number(index + 2),
            text(index + 3) == "-", let day = number(index + 4), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        return (Timestamp.days(year: year, month: month, day: day), day, index...(index + 4))
    }
}

extension Timestamp {
    /// The day since 1970, in UTC.
    fileprivate static func floorDays(_ moment: Timestamp) -> Int64 { moment.startOfDay.seconds / 86_400 }

    static func dayText(ofDay day: Int64) -> String { Timestamp(seconds: day * 86_400).dayText }
}
