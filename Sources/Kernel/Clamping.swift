extension FixedWidthInteger {
    /// The nearest integer. Values out of range give the smallest or the largest integer, and NaN gives 0. `Int(_: Double)` ends the
    /// process for these values.
    package init(nearest value: Double) {
        let rounded = value.rounded()
        if let exact = Self(exactly: rounded) {
            self = exact
        } else {
            self = rounded > 0 ? .max : rounded < 0 ? .min : 0
        }
    }
}
