extension FixedWidthInteger {
    /// The nearest integer; the first or the last one for what lies beyond them, and 0 for what is no number. `Int(_: Double)`
    /// ends the process there.
    package init(nearest value: Double) {
        let rounded = value.rounded()
        if let exact = Self(exactly: rounded) {
            self = exact
        } else {
            self = rounded > 0 ? .max : rounded < 0 ? .min : 0
        }
    }
}
