extension FixedWidthInteger {
    /// The nearest integer. Values out of range give the smallest or the largest integer, and NaN gives 0. `Int(_: Double)` ends the
    /// process for these values.
    package init(nearest value: Double) {
        let rounded = value.rounded()
        // What fits within 53 bits is most of what there is, and is much faster converted by way of `Int64`.
        if abs(rounded) < 0x20_0000_0000_0000 {
            self = Self(clamping: Int64(rounded))
        } else if let exact = Self(exactly: rounded) {
            self = exact
        } else {
            self = rounded > 0 ? .max : rounded < 0 ? .min : 0
        }
    }
}
