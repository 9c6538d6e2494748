package enum LinkParameter {
    /// The address with one more parameter in its query, before the fragment; all else byte for byte.
    package static func adding(_ name: String, _ value: String, to url: String) -> String {
        let end = url.utf8.firstIndex(of: UInt8(ascii: "#")) ?? url.endIndex
        let page = url[..<end]
        let joint =
            switch page.utf8.last {
            case UInt8(ascii: "?"), UInt8(ascii: "&"): ""
            default: page.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            }
        return "\(page)\(joint)\(name)=\(value)\(url[end...])"
    }
}
