import Kernel
import NIOPosix
import Storage

/// Files in the agent's own folder. The names of context files mean those, which are kept in the database.
struct FileTools: Sendable {
    let workspaces: Workspaces
    let database: any Database

    private static let path: JSONValue = [
        "type": "string", "description": "A path in your own folder, such as notes/today.md",
    ]

    var all: [Tool] { [self.read, self.list, self.search, self.write, self.edit] }

    private var read: Tool {
        Tool(
            "read_file",
            "Read a text file of your folder.",
            .read,
            group: "fs",
            parameters: Tool.schema(
                [
                    "path": Self.path,
                    "offset": ["type": "integer", "minimum": 1, "description": "First line, from 1"],
                    "limit": ["type": "integer", "minimum": 1, "maximum": 20_000, "description": "Lines at the most"],
                ],
                required: ["path"]
            )
        ) { input in
            let path = input.text("path") ?? ""
            if let text = try await self.contextFile(path, input.context) {
                return ToolResult(Self.lines(text, input))
            }
            return try await self.inFolder(input.context) { workspace throws(Workspace.Failure) in
                let content = try workspace.read(path, limit: Workspace.readLimit)
                guard let text = String(validating: content.bytes, as: UTF8.self), !content.bytes.contains(0) else {
                    return ToolResult("[\(path): binary, \(content.size) bytes]")
                }
                let cut =
                    content.size > content.bytes.count
                    ? "\n[only the first \(content.bytes.count) bytes are shown]" : ""
                return ToolResult(Self.lines(text, input) + cut)
            }
        }
    }

    private static func lines(_ text: String, _ input: ToolInput) -> String {
        let (offset, limit) = (input.integer("offset") ?? 1, input.integer("limit") ?? 2000)
        let lines = text.bytewise.split("\n", keepsEmpty: true)
        guard offset > 1 || lines.count > limit else { return text }
        let shown = lines.dropFirst(offset - 1).prefix(limit)
        let left = lines.count - min(lines.count, offset - 1) - shown.count
        return shown.joined(separator: "\n") + (left > 0 ? "\n[\(left) more lines]" : "")
    }

    private var list: Tool {
        Tool(
            "list_files",
            "List the files and folders of your folder.",
            .read,
            group: "fs",
            parameters: Tool.schema([
                "path": Self.path, "depth": ["type": "integer", "minimum": 1, "maximum": 20],
            ])
        ) { input in
            try await self.inFolder(input.context) { workspace throws(Workspace.Failure) in
                let entries = try workspace.list(input.text("path") ?? "", depth: input.integer("depth") ?? 3)
                let lines = entries.map { $0.isFolder ? "\($0.path)/" : "\($0.path) (\($0.size) bytes)" }
                return ToolResult(lines.isEmpty ? "[the folder is empty]" : lines.joined(separator: "\n"))
            }
        }
    }

    private var search: Tool {
        Tool(
            "search_files",
            "Find lines that hold a text, whatever its case, in the files of your folder.",
            .read,
            group: "fs",
            parameters: Tool.schema(
                ["pattern": ["type": "string", "minLength": 1, "maxLength": 200], "path": Self.path],
                required: ["pattern"]
            )
        ) { input in
            try await self.inFolder(input.context) { workspace throws(Workspace.Failure) in
                let wanted = (input.text("pattern") ?? "").lowercased()
                var hits: [String] = []
                for entry in try workspace.list(input.text("path") ?? "", depth: 20) where !entry.isFolder {
                    guard hits.count < 200, let content = try? workspace.read(entry.path),
                        let text = String(validating: content.bytes, as: UTF8.self)
                    else { continue }
                    for (number, line) in text.bytewise.split("\n", keepsEmpty: true).enumerated()
                    where hits.count < 200 && line.lowercased().bytewise.contains(wanted) {
                        hits.append("\(entry.path):\(number + 1): \(line.prefix(500))")
                    }
                }
                return ToolResult(hits.isEmpty ? "[nothing found]" : hits.joined(separator: "\n"))
            }
        }
    }

    private var write: Tool {
        Tool(
            "write_file",
            "Write a text file of your folder, in place of what was there.",
            .write,
            group: "fs",
            parameters: Tool.schema(
                ["path": Self.path, "content": ["type": "string", "description": "The whole text"]],
                required: ["path", "content"]
            )
        ) { input in
            let (path, content) = (input.text("path") ?? "", input.text("content") ?? "")
            if let result = try await self.writeContext(path, content, input.context) { return result }
            return try await self.inFolder(input.context) { workspace throws(Workspace.Failure) in
                try workspace.write(path, Array(content.utf8))
                return ToolResult("Wrote \(content.utf8.count) bytes to \(path).")
            }
        }
    }

    private var edit: Tool {
        Tool(
            "edit_file",
            "Replace a text in a file of your folder. The text must stand there exactly once, unless all are to be replaced.",
            .write,
            group: "fs",
            parameters: Tool.schema(
                [
                    "path": Self.path, "old": ["type": "string", "minLength": 1], "new": ["type": "string"],
                    "all": ["type": "boolean"],
                ],
                required: ["path", "old", "new"]
            )
        ) { input in
            let path = input.text("path") ?? ""
            if let text = try await self.contextFile(path, input.context) {
                guard let edited = Self.edit(text, input) else { return Self.notOnce }
                return try await self.writeContext(path, edited, input.context) ?? Self.notOnce
            }
            return try await self.inFolder(input.context) { workspace throws(Workspace.Failure) in
                let content = try workspace.read(path)
                guard let text = String(validating: content.bytes, as: UTF8.self) else {
                    throw Workspace.Failure("'\(path)' is no text")
                }
                guard let edited = Self.edit(text, input) else { return Self.notOnce }
                try workspace.write(path, Array(edited.utf8))
                return ToolResult("Changed \(path).")
            }
        }
    }

    private static let notOnce = ToolResult.error("The old text does not stand in the file exactly once.")

    private static func edit(_ text: String, _ input: ToolInput) -> String? {
        let (old, new) = (input.text("old") ?? "", input.text("new") ?? "")
        guard let first = text.bytewise.find(old) else { return nil }
        if input.flag("all") { return text.bytewise.replacing(old, with: new) }
        guard !text[first.upperBound...].bytewise.contains(old) else { return nil }
        return text[..<first.lowerBound] + new + text[first.upperBound...]
    }

    // MARK: Where files are

    /// Off the threads that answer requests: disks wait.
    private func inFolder(
        _ context: ToolContext,
        _ body: @escaping @Sendable (Workspace) throws(Workspace.Failure) -> ToolResult
    ) async throws -> ToolResult {
        try await NIOThreadPool.singleton.runIfActive {
            do throws(Workspace.Failure) {
                return try body(try self.workspaces.workspace(of: context.agent, user: context.user))
            } catch { return .error(error.text) }
        }
    }

    /// Nil for a path that names none.
    private func contextFile(_ path: String, _ context: ToolContext) async throws -> String? {
        guard ContextFile.names.contains(path) else { return nil }
        let user = ContextFile.user(of: path, context.agent, context.user)
        return try await self.database.read { tx in
            try tx.contextFiles.find(path, of: context.agent.id, user: user)
                ?? tx.contextFiles.find(path, of: context.agent.id, user: ContextFile.agentsOwn) ?? ""
        }
    }

    private func writeContext(_ path: String, _ content: String, _ context: ToolContext) async throws -> ToolResult? {
        guard ContextFile.names.contains(path) else { return nil }
        if context.isTainted {
            return .error("After reading what strangers wrote, a run may not change \(path).")
        }
        guard context.agent.details.kind == .open || ContextFile.usersOwn.contains(path) else {
            return .error("\(path) belongs to the agent and cannot be changed from a chat.")
        }
        guard content.utf8.count <= ContextFile.lengthLimit else { return .error("The content is longer than 1 MiB.") }
        let user = ContextFile.user(of: path, context.agent, context.user)
        try await self.database.write { try $0.contextFiles.put(path, content, of: context.agent, user: user) }
        return ToolResult("Wrote \(path).")
    }
}
