import Kernel
import Web

/// How a feed is written.
enum FeedFormat: String, Sendable, CaseIterable, Codable {
    /// The flat product feed of the Agentic Commerce Protocol.
    case acp
    /// Google's product feed.
    case google
    /// Records of Icecat as the Chorus project has them.
    case icecat
}

/// How its file is laid out.
enum FeedLayout: Sendable, Equatable {
    case jsonLines
    case table(delimiter: UInt8)

    /// By the first line: an object, or names with tabs or commas between them.
    init(firstLine: [UInt8]) {
        let text = firstLine.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x09].contains($0) }
        if text.first == UInt8(ascii: "{") {
            self = .jsonLines
        } else {
            self = .table(delimiter: firstLine.contains(9) ? 9 : UInt8(ascii: ","))
        }
    }
}

/// Why a line of a feed is not taken.
struct FeedRejection: Error, Equatable {
    let field: String
    let reason: String

    init(_ field: String, _ reason: String) { (self.field, self.reason) = (field, reason) }
}

/// One record: its fields by their names in lower case.
struct FeedRecord: Sendable {
    static let columnLimit = 512

    let fields: [String: JSONValue]

    /// A line of JSON. Throws a `FeedRejection`.
    init(json: [UInt8]) throws {
        guard case .object(let members)? = try? JSON.read(json) else { throw FeedRejection("", "not_an_object") }
        guard members.count <= Self.columnLimit else { throw FeedRejection("", "too_many_columns") }
        self.fields = members
    }

    /// A row of a table. Throws a `FeedRejection`.
    init(row: [UInt8], names: [String], delimiter: UInt8) throws {
        guard let text = String(validating: row, as: UTF8.self) else { throw FeedRejection("", "not_utf8") }
        guard let cells = CSV.rows(text, delimiter: delimiter)?.first else { throw FeedRejection("", "open_quote") }
        guard cells.count <= names.count else { throw FeedRejection("", "too_many_columns") }
        self.fields = Dictionary(zip(names, cells.map { .string($0) })) { first, _ in first }
    }

    /// The first of the names that has a value: what is not blank.
    func text(_ names: String...) -> String? {
        for name in names {
            let text: String? =
                switch self.fields[name] {
                case .string(let text): text
                case .integer(let value): "\(value)"
                case .number(let value): "\(value)"
                case .decimal(let text): text
                default: nil
                }
            if let text = text?.trimmed, !text.isEmpty { return text }
        }
        return nil
    }

    func list(_ names: String..., separator: Unicode.Scalar = ",") -> [String] {
        for name in names {
            switch self.fields[name] {
            case .array(let values):
                return values.compactMap(\.string).map(\.trimmed).filter { !$0.isEmpty }
            case .string(let text): return text.bytewise.list(separator)
            default: continue
            }
        }
        return []
    }

    func flag(_ name: String) -> Bool? {
        switch self.fields[name] {
        case .bool(let value): value
        case .string(let text):
            ["true": true, "yes": true, "1": true, "false": false, "no": false, "0": false][text.trimmed.lowercased()]
        default: nil
        }
    }
}
