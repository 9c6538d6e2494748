import Kernel
import Storage

/// Texts that make an agent what it is; each run begins with them.
enum ContextFile {
    /// In the order in which a model reads them.
    static let names = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "TOOLS.md", "USER.md", "BOOTSTRAP.md", "MEMORY.md"]
    /// Of a predefined agent, those that each user has for himself.
    static let usersOwn: Set<String> = ["USER.md", "BOOTSTRAP.md", "MEMORY.md"]
    /// The user of the agent's own files.
    static let agentsOwn = ""
    static let lengthLimit = 1024 * 1024

    /// Whose a file is.
    static func user(of name: String, _ agent: Agent, _ user: String) -> String {
        agent.details.kind == .open || self.usersOwn.contains(name) ? user : self.agentsOwn
    }

    /// With which files an agent begins.
    static func templates(name: String, description: String) -> [String: String] {
        [
            "AGENTS.md": """
            Help the user with what they ask. Use a tool when it gives a better answer than your own knowledge.
            Say what you did, and say so when something did not work.
            """,
            "SOUL.md": "Be honest, friendly and brief.",
            "IDENTITY.md": description.isEmpty ? "Name: \(name)" : "Name: \(name)\nPurpose: \(description)",
        ]
    }
}
