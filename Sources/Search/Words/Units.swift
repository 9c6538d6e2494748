/// Units that stand after a number, each with the form in which it is indexed: `16GB`, `16 gb`; `55"`, `55 inches`.
enum Units {
    /// Of the longest form.
    static let lengthLimit = 9

    static let canonical: [String: String] = {
        var units: [String: String] = [:]
        let same = [
            "b", "kb", "mb", "gb", "tb", "pb", "kib", "mib", "gib", "tib", "bit", "hz", "khz", "mhz", "ghz", "v", "w",
            "kw",
            "kwh", "wh", "mah", "ah", "ma", "mm", "cm", "m", "km", "g", "mg", "kg", "ml", "cl", "l", "dpi", "fps",
            "mbps",
            "gbps", "rpm", "mp", "px", "lm", "db", "k", "p",
        ]
        for unit in same { units[unit] = unit }
        for (form, unit) in [
            ("inch", "inch"), ("inches", "inch"), ("in", "inch"), ("ins", "inch"), ("\"", "inch"), ("feet", "ft"),
            ("foot", "ft"),
            ("ft", "ft"), ("lb", "lb"), ("lbs", "lb"), ("pound", "lb"), ("pounds", "lb"), ("oz", "oz"), ("ounce", "oz"),
            ("ounces", "oz"), ("watt", "w"), ("watts", "w"), ("volt", "v"), ("volts", "v"), ("gram", "g"),
            ("grams", "g"),
            ("kilogram", "kg"), ("kilograms", "kg"), ("litre", "l"), ("liter", "l"), ("litres", "l"), ("liters", "l"),
            ("metre", "m"), ("meter", "m"), ("metres", "m"), ("meters", "m"), ("gigabyte", "gb"), ("gigabytes", "gb"),
            ("terabyte", "tb"), ("terabytes", "tb"), ("megabyte", "mb"), ("megabytes", "mb"),
            ("英寸", "inch"), ("寸", "inch"), ("インチ", "inch"), ("厘米", "cm"), ("毫米", "mm"), ("公斤", "kg"), ("千克", "kg"),
            ("克", "g"),
        ] { units[form] = unit }
        return units
    }()

    /// In running text these are words more often than units, unless they touch the number.
    static let touching: Set<String> = ["in", "ins", "b", "k", "p", "foot", "pound"]
}
