extension Timestamp {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Tue, 01 Sep 2026 00:00:00 GMT`: as HTTP (RFC 9110, section 5.6.7) and mail (RFC 5322) have it.
    package var httpDate: String {
        let (year, month, day) = self.civil
        let weekday = Self.days[Int(self.seconds / 86_400 % 7)]
        let date = "\(day < 10 ? "0" : "")\(day) \(Self.months[Int(month) - 1]) \(year)"
        return "\(weekday), \(date) \(Substring(self.readable.utf8.suffix(8))) GMT"
    }
}
