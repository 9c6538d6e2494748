import Kernel
import Platform
import Web

/// Programs of the affiliate network, with the tracked links of the account that the agent is linked to.
struct AffiliateTool: Sendable {
    let neighbours: NeighbourPlace

    var tool: Tool {
        Tool(
            "affiliate_recommend",
            "Find programs of the affiliate network that fit what somebody needs, with links to them.",
            .read,
            group: "market",
            parameters: Tool.schema(
                [
                    "query": ["type": "string", "minLength": 1, "maxLength": 200],
                    "limit": ["type": "integer", "minimum": 1, "maximum": 20],
                ],
                required: ["query"]
            )
        ) { input in
            guard let network = self.neighbours.network else { return .error("This server has no affiliate network.") }
            let link = input.context.link
            let found = try await network.recommend(input.text("query") ?? "", input.integer("limit") ?? 3, link)
            guard !found.programs.isEmpty else { return ToolResult("[no program found]") }
            return Self.result(found.programs, found.isLinked, wasLinked: link != nil, input.context)
        }
    }

    private static func result(
        _ programs: [Neighbours.Program],
        _ isLinked: Bool,
        wasLinked: Bool,
        _ context: ToolContext
    ) -> ToolResult {
        let label = GatewayWords.all.say("advertisement", in: Language(rawValue: context.language) ?? .english)
        let lines = programs.map { program in
            let link = program.link.map { "link: \($0) [\(label)]" } ?? "no tracked link"
            return "program_id: \(program.id)\nname: \(program.name)\n\(link)\n\(program.description)"
        }
        let note =
            isLinked
            ? []
            : [
                wasLinked
                    ? "The account has taken its link back." : "This agent is linked to no account of the network."
            ]
        // Names and descriptions are their advertisers' own.
        var result = ToolResult((note + lines).joined(separator: "\n\n"), isUntrusted: true)
        let links = programs.compactMap(\.link)
        if !links.isEmpty { result.advertising = .init(links: links, label: label) }
        return result
    }
}
