import Kernel
import Web

/// `{"status": "…"}`
struct StatusOutput: Answer {
    let status: String
    static let members: [Member<Self>] = [Member("status", \.status, "What was done", example: "revoked")]
}

/// `{"ok": true}`
struct OKOutput: Answer {
    static let members: [Member<Self>] = [Member("ok", { _ in true }, "It was done")]
}
