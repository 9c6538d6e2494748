/// Reads JSON (RFC 8259) in one pass: in linear time whatever is sent, and within limits.
///
/// Numbers are exact: whole numbers of 64 bits are integers however they are written (`1e2`, `7.0`), other numbers are the
/// nearest `Double` where that says the same, and keep their text where it does not. Of members with the same name the last
/// one counts; names that are the same to Unicode and written differently are refused.
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private var values = 0
    private let once: Bool

    /// Throws `JSON.NotStrict`, `JSON.TooDeep` or `JSON.TooLarge`.
    ///
    /// - Parameter once: whether a name that comes twice is refused.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, once: Bool = false) throws -> JSONValue {
        var reader = JSONReader(bytes: bytes, once: once)
        let value = try reader.value()
        guard reader.next() == nil else { throw JSON.NotStrict() }
        return value
    }

    /// The members of an object in their order, each with the place of its value. Throws as ``read(_:once:)`` does, and where it is no object.
    static func members(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [(name: String, value: Range<Int>)] {
        var reader = JSONReader(bytes: bytes, once: true)
        guard reader.next() == UInt8(ascii: "{") else { throw JSON.NotStrict() }
        reader.position += 1
        var members: [(name: String, value: Range<Int>)] = []
        if reader.next() == UInt8(ascii: "}") { return members }
        repeat {
            guard reader.next() == UInt8.quote else { throw JSON.NotStrict() }
            let name = try reader.string()
            guard reader.next() == UInt8(ascii: ":") else { throw JSON.NotStrict() }
            reader.position += 1
            _ = reader.next()
            let start = reader.position
            _ = try reader.value()
            members.append((name, start..<reader.position))
        } while try reader.goesOn(until: UInt8(ascii: "}"))
        return members
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, once: Bool) { (self.bytes, self.once) = (bytes, once) }

    // MARK: Values

    private mutating func value() throws -> JSONValue {
        self.values += 1
        guard self.values <= JSON.maximumValues else { throw JSON.TooLarge() }
        switch self.next() {
        case UInt8(ascii: "{"): return try self.nested { try $0.object() }
        case UInt8(ascii: "["): return try self.nested { try $0.array() }
        case UInt8.quote: return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .bool(true))
        case UInt8(ascii: "f"): return try self.word("false", .bool(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case nil: throw JSON.NotStrict()
        default: return try self.number()
        }
    }

    private mutating func nested(_ body: (inout Self) throws -> JSONValue) throws -> JSONValue {
        self.depth += 1
        guard self.depth <= JSON.maximumDepth else { throw JSON.TooDeep() }
        self.position += 1
        let value = try body(&self)
        self.position += 1
        self.depth -= 1
        return value
    }

    private mutating func array() throws -> JSONValue {
        var values: [JSONValue] = []
        if self.next() == UInt8(ascii: "]") { return .array(values) }
        while true {
            values.append(try self.value())
            guard try self.goesOn(until: UInt8(ascii: "]")) else { return .array(values) }
        }
    }

    private mutating func object() throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        if self.next() == UInt8(ascii: "}") { return .object(members) }
        while true {
            guard self.next() == UInt8.quote else { throw JSON.NotStrict() }
            let name = try self.string()
            guard self.next() == UInt8(ascii: ":") else { throw JSON.NotStrict() }
            self.position += 1
            // Unicode's equivalence would make one member of two that are written differently.
            if let known = members.index(forKey: name),
                self.once || !members[known].key.utf8.elementsEqual(name.utf8)
            {
                throw JSON.NotStrict()
            }
            members[name] = try self.value()
            guard members.count <= JSON.maximumMembers else { throw JSON.TooLarge() }
            guard try self.goesOn(until: UInt8(ascii: "}")) else { return .object(members) }
        }
    }

    /// Whether a comma follows instead of the closing bracket. Reads the comma, but not the bracket.
    private mutating func goesOn(until closing: UInt8) throws -> Bool {
        switch self.next() {
        case UInt8(ascii: ","):
            self.position += 1
            return true
        case closing: return false
        default: throw JSON.NotStrict()
        }
    }

    /// The next byte that is not blank, which stays to be read.
    private mutating func next() -> UInt8? {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0A, 0x0D: self.position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = self.position + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= self.bytes.count, self.bytes[self.position..<end].elementsEqual(expected) else {
            throw JSON.NotStrict()
        }
        self.position = end
        return value
    }

    // MARK: Texts

    private mutating func string() throws -> String {
        let start = self.position + 1
        var end = start
        while end < self.bytes.count {
            switch self.bytes[end] {
            case UInt8.quote:
                self.position = end + 1
                return try self.text(UnsafeBufferPointer(rebasing: self.bytes[start..<end]))
            case UInt8(ascii: "\\"): return try self.escapedString(from: start, firstEscape: end)
            case 0..<0x20: throw JSON.NotStrict()
            default: end += 1
            }
        }
        throw JSON.NotStrict()
    }

    private mutating func escapedString(from start: Int, firstEscape: Int) throws -> String {
        var text = Array(self.bytes[start..<firstEscape])
        self.position = firstEscape
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            self.position += 1
            switch byte {
            case UInt8.quote: return try text.withUnsafeBufferPointer { try self.text($0) }
            case UInt8(ascii: "\\"): try self.escape(&text)
            case 0..<0x20: throw JSON.NotStrict()
            default: text.append(byte)
            }
        }
        throw JSON.NotStrict()
    }

    private mutating func escape(_ text: inout [UInt8]) throws {
        guard self.position < self.bytes.count else { throw JSON.NotStrict() }
        let kind = self.bytes[self.position]
        self.position += 1
        switch kind {
        case UInt8.quote, UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += Array(Character(try self.escapedScalar()).utf8)
        default: throw JSON.NotStrict()
        }
    }

    /// Halves of a pair stand together; one alone is no character.
    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let unit = try self.hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800..<0xDC00).contains(unit), self.position + 1 < self.bytes.count,
            self.bytes[self.position] == UInt8(ascii: "\\"), self.bytes[self.position + 1] == UInt8(ascii: "u")
        else { throw JSON.NotStrict() }
        self.position += 2
        let second = try self.hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
        else { throw JSON.NotStrict() }
        return scalar
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard self.position + 4 <= self.bytes.count else { throw JSON.NotStrict() }
        var value: UInt32 = 0
        for byte in self.bytes[self.position..<self.position + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 55)
            default: throw JSON.NotStrict()
            }
        }
        self.position += 4
        return value
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw JSON.NotStrict() }
        return text
    }

    // MARK: Numbers

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    private mutating func number() throws -> JSONValue {
        let start = self.position
        if self.peek() == UInt8(ascii: "-") { self.position += 1 }
        let first = self.peek()
        let whole = self.digits()
        guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else { throw JSON.NotStrict() }
        var isWhole = true
        if self.peek() == UInt8(ascii: ".") {
            isWhole = false
            self.position += 1
            guard self.digits() > 0 else { throw JSON.NotStrict() }
        }
        if self.peek() == UInt8(ascii: "e") || self.peek() == UInt8(ascii: "E") {
            isWhole = false
            self.position += 1
            if self.peek() == UInt8(ascii: "+") || self.peek() == UInt8(ascii: "-") { self.position += 1 }
            guard self.digits() > 0 else { throw JSON.NotStrict() }
        }
        guard self.position - start <= JSON.maximumNumberLength else { throw JSON.TooLarge() }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        return JSONNumber(text).value
    }

    private mutating func digits() -> Int {
        let start = self.position
        while let byte = self.peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.position += 1 }
        return self.position - start
    }

    private func peek() -> UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }
}

/// A number in JSON's grammar by its digits, so that two spellings can be compared exactly.
struct JSONNumber {
    private let text: String
    private let isNegative: Bool
    /// Without zeros at either end.
    private let digits: ArraySlice<UInt8>
    /// The power of ten of the last digit. An exponent in the text is clamped to ±`exponentLimit`, which is far beyond any number used
    /// here.
    private let exponent: Int

    private static let exponentLimit = 10_000

    init(_ text: String) {
        self.text = text
        var digits: [UInt8] = []
        var exponent = 0
        let (mantissa, power) = text.lowercased().bytewise.cut(at: "e")
        var isBehindPoint = false
        for byte in mantissa.utf8 {
            switch byte {
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "-"): break
            default:
                digits.append(byte)
                if isBehindPoint { exponent -= 1 }
            }
        }
        let given = power.map {
            Int($0) ?? ($0.utf8.first == UInt8(ascii: "-") ? -Self.exponentLimit : Self.exponentLimit)
        }
        exponent += min(max(given ?? 0, -Self.exponentLimit), Self.exponentLimit)
        var slice = digits.drop { $0 == UInt8(ascii: "0") }
        while slice.last == UInt8(ascii: "0") {
            slice.removeLast()
            exponent += 1
        }
        self.isNegative = text.utf8.first == UInt8(ascii: "-")
        self.digits = slice
        self.exponent = slice.isEmpty ? 0 : exponent
    }

    var value: JSONValue {
        if let whole { return .integer(whole) }
        if let double = Double(self.text), double.isFinite, double != 0, JSONNumber(double.description).equals(self) {
            return .number(double)
        }
        return .decimal(self.text)
    }

    private var whole: Int64? {
        if self.digits.isEmpty { return 0 }
        guard (0...18).contains(self.exponent) else { return nil }
        return Int64(
            "\(self.isNegative ? "-" : "")\(String(decoding: self.digits, as: UTF8.self))\(String(repeating: "0", count: self.exponent))"
        )
    }

    private func equals(_ other: JSONNumber) -> Bool {
        self.isNegative == other.isNegative && self.exponent == other.exponent && self.digits == other.digits
    }
}
