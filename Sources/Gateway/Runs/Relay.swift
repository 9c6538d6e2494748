import Kernel

/// A call that goes to a model without an agent: no text and no tools of the server's, but its keys, budgets, repetitions and traces.
struct Relay: Sendable {
    let choice: ModelChoice
    /// The client's own bytes; nil where they are translated for a provider that speaks otherwise.
    let body: RelayBody?

    /// The provider and the model of `provider:<name>/<model>`; nil where a name asks for an agent.
    static func choice(_ model: String) -> ModelChoice? {
        let (prefix, rest) = model.bytewise.cut(at: ":")
        guard let rest, prefix.lowercased() == "provider" else { return nil }
        let (provider, name) = String(rest).bytewise.cut(at: "/")
        return ModelChoice(provider: String(provider), model: name.map { String($0) } ?? "")
    }

    /// Admins may, and whoever may write where the provider is open to them; a key of some agents is for those alone. Throws `modelNotFound`, `relayForbidden`, `providerDisabled`.
    static func require(_ choice: ModelChoice, _ known: [String: OpenProvider], for actor: GatewayActor) throws
        -> OpenProvider
    {
        guard let open = known[choice.provider], !choice.model.isEmpty else { throw GatewayProblems.modelNotFound }
        let isOpen = actor.isAdmin || open.provider.settings.relays
        guard isOpen, actor.key?.agents.isEmpty ?? true else { throw GatewayProblems.relayForbidden }
        guard open.provider.isEnabled else { throw GatewayProblems.providerDisabled }
        return open
    }
}

extension AgentDirectory.Entry {
    /// Where no agent is, its place says which model answers, and how far.
    static func relay(to choice: ModelChoice, for actor: GatewayActor, now: Timestamp) -> Self {
        var details = Agent.Details()
        details.contextWindow = 10_000_000
        details.objects = ["tools_config": ["profile": "none"]]
        let agent = Agent(
            id: ID(""),
            tenant: actor.tenant.id,
            key: "",
            owner: "",
            displayName: "",
            provider: choice.provider,
            model: choice.model,
            status: .active,
            isDefault: false,
            details: details,
            createdAt: now,
            updatedAt: now
        )
        return Self(agent: agent, files: [:], link: nil)
    }
}
