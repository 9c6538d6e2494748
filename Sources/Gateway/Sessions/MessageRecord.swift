import Crypto
import Kernel

/// A message as its row keeps it: what is said, and the rest as JSON. Files and pictures are kept as what they are, not as their bytes.
extension ModelMessage {
    var stored: (content: String, details: String) {
        var details: [String: JSONValue] = [:]
        let media = self.parts.compactMap { part -> JSONValue? in
            switch part {
            case .text: nil
            case .refusal(let text): ["type": "refusal", "refusal": .string(text)]
            case .image(let url, _): Self.record(url, "image")
            case .file(let file): Self.record(file["file_data"]?.string ?? "", "file")
            }
        }
        if !media.isEmpty { details["media_refs"] = .array(media) }
        if !self.toolCalls.isEmpty {
            details["tool_calls"] = .array(
                self.toolCalls.map { call in
                    var record: [String: JSONValue] = [
                        "id": .string(call.id), "name": .string(call.name), "arguments": .string(call.arguments),
                    ]
                    if call.parsed == nil { record["parse_error"] = true }
                    return .object(record)
                }
            )
        }
        details["tool_call_id"] = self.toolCallID.map { .string($0) }
        details["name"] = self.name.map { .string($0) }
        if self.isError { details["is_error"] = true }
        details["kept"] = self.kept
        return (self.text, details.isEmpty ? "{}" : JSON.text(of: .object(details)))
    }

    private static func record(_ url: String, _ type: String) -> JSONValue {
        guard let data = DataURL(url) else { return ["type": .string(type), "url": .string(url)] }
        let hash = SHA256.hash(data: Array(data.base64.utf8)).hex
        return [
            "type": .string(type), "mime_type": .string(data.mediaType), "size": .int(data.byteCount),
            "sha256_of_base64": .string(hash),
        ]
    }

    init(stored role: String, _ content: String, _ details: String) {
        self.init(Role(rawValue: role) ?? .user, content)
        guard details != "{}" else { return }
        let details = JSONValue.parsed(details)
        self.toolCalls = (details["tool_calls"]?.array ?? []).map { call in
            ToolCall(
                id: call["id"]?.string ?? "",
                name: call["name"]?.string ?? "",
                arguments: call["arguments"]?.string ?? ""
            )
        }
        self.toolCallID = details["tool_call_id"]?.string
        self.name = details["name"]?.string
        self.isError = details["is_error"] == true
        self.kept = details["kept"]
        for media in details["media_refs"]?.array ?? [] {
            switch media["type"]?.string ?? "" {
            case "refusal": self.parts.append(.refusal(media["refusal"]?.string ?? ""))
            case "image":
                let shown = media["url"]?.string.map { ModelMessage.Part.image($0, detail: nil) }
                self.parts.append(shown ?? .text("[image: \(media["mime_type"]?.string ?? "")]"))
            default: self.parts.append(.text("[file: \(media["mime_type"]?.string ?? "")]"))
            }
        }
    }
}
