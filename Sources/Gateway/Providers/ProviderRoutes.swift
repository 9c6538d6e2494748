import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Providers, for admins alone.
struct ProviderRoutes: Sendable {
    static let tag = "Providers"

    let database: any Database
    let service: ProviderService
    let actors: ActorReader
    let secrets: SecretBox
    let health: @Sendable (ID<Provider>) -> ProviderHealth
    /// It has changed: it is asked again at once.
    let reset: @Sendable (ID<Provider>) -> Void
    let attempt: @Sendable (Provider, _ model: String?, Tenant) async throws -> ProviderTrial
    let listModels: @Sendable (Provider, Tenant) async throws -> [String]

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/providers", tag: Self.tag, self.list),
            self.create.endpoint("/v1/providers", tag: Self.tag, secrets: self.secrets),
            Endpoint(.get, "/v1/providers/{id}", tag: Self.tag, self.get),
            Endpoint(.put, "/v1/providers/{id}", tag: Self.tag, self.update),
            Endpoint(.delete, "/v1/providers/{id}", tag: Self.tag, self.delete),
            Endpoint(.post, "/v1/providers/{id}/verify", tag: Self.tag, self.verify),
            Endpoint(.get, "/v1/providers/{id}/models", tag: Self.tag, self.models),
            Endpoint(.get, "/v1/providers/{id}/prices", tag: Self.tag, self.prices),
            Endpoint(.put, "/v1/providers/{id}/prices", tag: Self.tag, self.setPrices),
        ]
    }

    struct Path: Input {
        let id: ID<Provider>
        init(_ read: inout InputReader) { self.id = ID(read.path("id", "The provider").lowercased()) }
    }

    var list: Operation<NoInput, ProviderList> {
        .acting("List providers", needs: .scope(.admin), by: self.actors) { _, actor, _ in
            let providers = try await self.database.read { tx in
                try tx.providers.list(of: actor.tenant.id).map { ($0, try tx.prices.find($0.id.text)) }
            }
            return ProviderList(providers: providers.map { self.output($0.0, $0.1) })
        }
    }

    private func output(_ provider: Provider, _ prices: PriceList) -> ProviderOutput {
        let opened = ProviderSecrets.open(provider, self.secrets)
        return ProviderOutput(
            provider: provider,
            prices: prices.own,
            hasKey: opened.apiKey != nil,
            health: self.health(provider.id)
        )
    }

    private func find(_ path: Path, of actor: GatewayActor) async throws -> (provider: Provider, prices: PriceList) {
        try await self.database.read { tx in
            let provider = try tx.providers.require(path.id, of: actor.tenant.id)
            return (provider, try tx.prices.find(provider.id.text))
        }
    }

    var create: GatewayCreation<ProviderInput, ProviderOutput> {
        GatewayCreation(
            summary: "Open a provider",
            access: .scope(.admin),
            actors: self.actors,
            refusals: [
                GatewayProblems.providerKind(ProviderKind.all), GatewayProblems.providerAddress,
                GatewayProblems.providerAddressPrivate, GatewayProblems.providerExists,
            ]
        ) { input, actor, _, once in
            let provider = try await self.service.create(
                input.changes,
                by: actor,
                first: { tx in try once?.begin(in: tx) },
                last: { provider, tx in try once?.keep(201, self.output(provider, .none), in: tx) }
            )
            return self.output(provider, .none)
        }
    }

    var get: Operation<Path, ProviderOutput> {
        .acting("Show a provider", needs: .scope(.admin), by: self.actors) { input, actor, _ in
            let known = try await self.find(input, of: actor)
            return self.output(known.provider, known.prices)
        }.refusing(GatewayProblems.providerNotFound)
    }

    struct UpdateInput: Input {
        let path: Path
        let changes: ProviderService.Changes

        init(_ read: inout InputReader) {
            self.path = Path(&read)
            self.changes = ProviderInput.changes(&read, isNew: false)
        }
    }

    var update: Operation<UpdateInput, UpdatedProvider> {
        .acting("Change a provider", needs: .scope(.admin), effect: .write, by: self.actors) { input, actor, call in
            let provider = try await self.service.update(
                input.path.id,
                input.changes,
                by: actor,
                ifMatch: call.header(.ifMatch)
            )
            self.reset(provider.id)
            let prices = try await self.database.read { try $0.prices.find(provider.id.text) }
            return UpdatedProvider(provider: self.output(provider, prices))
        }.refusing(
            GatewayProblems.providerKind(ProviderKind.all),
            GatewayProblems.providerNotFound,
            GatewayProblems.providerAddress,
            GatewayProblems.providerAddressPrivate,
            GatewayProblems.versionChanged,
            GatewayProblems.providerExists
        )
    }

    struct DeleteInput: Input {
        let path: Path
        let isForced: Bool

        init(_ read: inout InputReader) {
            self.path = Path(&read)
            self.isForced = read.query("force", .boolean, default: false, json: false, "Also while agents use it")
        }
    }

    var delete: Operation<DeleteInput, StatusOutput> {
        .acting("Delete a provider", needs: .scope(.admin), effect: .write, by: self.actors) { input, actor, call in
            try await self.service.delete(
                input.path.id,
                isForced: input.isForced,
                by: actor,
                ifMatch: call.header(.ifMatch)
            )
            return StatusOutput(status: "deleted")
        }.refusing(GatewayProblems.providerNotFound, GatewayProblems.versionChanged, GatewayProblems.providerInUse)
    }

    // MARK: Trying

    struct VerifyInput: Input {
        let path: Path
        let model: String?

        init(_ read: inout InputReader) {
            self.path = Path(&read)
            self.model = read.optionalBody(
                "model",
                .string,
                "A model; the default one without it",
                .notBlank(),
                .atMost(200)
            )
        }
    }

    var verify: Operation<VerifyInput, VerifyOutput> {
        .acting("Try a provider", needs: .scope(.admin), effect: .write, by: self.actors) { input, actor, _ in
            let provider = try await self.database.read {
                try $0.providers.require(input.path.id, of: actor.tenant.id)
            }
            return VerifyOutput(trial: try await self.attempt(provider, input.model, actor.tenant))
        }.refusing(GatewayProblems.providerNotFound)
    }

    var models: Operation<Path, ModelNames> {
        .acting("List the models of a provider", needs: .scope(.admin), by: self.actors) { input, actor, _ in
            let provider = try await self.database.read { try $0.providers.require(input.id, of: actor.tenant.id) }
            return ModelNames(models: try await self.listModels(provider, actor.tenant))
        }.refusing(
            GatewayProblems.providerNotFound,
            GatewayProblems.providerFailed,
            GatewayProblems.providerRefused,
            GatewayProblems.modelLimited(seconds: 1),
            GatewayProblems.modelRefusedRequest("x")
        )
    }

    // MARK: Prices

    var prices: Operation<Path, PriceListOutput> {
        .acting("List what the models of a provider cost", needs: .scope(.admin), by: self.actors) { input, actor, _ in
            let known = try await self.find(input, of: actor)
            return PriceListOutput(list: known.prices, ships: known.provider.wire != .echo)
        }.refusing(GatewayProblems.providerNotFound)
    }

    struct PricesInput: Input {
        let path: Path
        let prices: [Price]

        init(_ read: inout InputReader) {
            self.path = Path(&read)
            let rows = read.body(
                "prices",
                .objects,
                "One for each model",
                Rule(FieldRule("at_most_items", ["limit": "500"])) { $0.count <= 500 }
            )
            var prices: [Price] = []
            for (index, row) in rows.enumerated() {
                guard let price = PriceInput.price(.object(row), "prices[\(index)]", &read) else { continue }
                let known = Set(prices.flatMap { [$0.model] + $0.aliases })
                let isNew = known.isDisjoint(with: [price.model] + price.aliases)
                read.require(isNew, "prices[\(index)].model", FieldRule("priced_twice"))
                prices.append(price)
            }
            self.prices = prices
        }
    }

    var setPrices: Operation<PricesInput, PriceListOutput> {
        .acting("Set what the models of a provider cost", needs: .scope(.admin), effect: .write, by: self.actors) {
            input,
            actor,
            call in
            let ifMatch = call.header(.ifMatch)
            let list = try await self.database.write { tx in
                var provider = try tx.providers.require(input.path.id, of: actor.tenant.id)
                let version = provider.updatedAt.version
                try EntityTag.require(ifMatch, version: version, else: GatewayProblems.versionChanged)
                provider.updatedAt = tx.now
                try tx.providers.update(provider)
                let list = try tx.prices.insert(input.prices, of: provider.id.text, tenant: actor.tenant.id)
                try tx.invalidate(ProviderDirectory.topic, actor.tenant.id.text)
                try tx.activity.record(actor.activity, "updated", of: "provider", provider.id.text, fields: ["prices"])
                return list
            }
            return PriceListOutput(list: list, ships: true)
        }.refusing(GatewayProblems.providerNotFound, GatewayProblems.versionChanged)
    }
}
