import Kernel
import NIOCore
import Platform
import Storage
import Web

/// Tries providers, for admins.
struct ProviderTrials: Sendable {
    let database: any Database
    let outbound: Outbound
    let directory: ProviderDirectory
    let door: ModelDoor

    /// Asks a model for one word. Costs nobody's budget: an admin asks, and a few tokens are used.
    func verify(_ provider: Provider, model: String?, _ tenant: Tenant) async throws -> ProviderTrial {
        let prices = try await self.database.read { try $0.prices.find(provider.id.text) }
        let open = self.directory.open(provider, prices, of: tenant)
        var model = model ?? provider.defaultModel.nonEmpty ?? prices.own.first?.model ?? ""
        if provider.wire == .echo, model.isEmpty { model = ProviderKind.echoModel }
        let start = NIODeadline.now()
        let milliseconds = { (NIODeadline.now() - start).nanoseconds / 1_000_000 }
        if provider.wire == .echo { return ProviderTrial(isOK: true, milliseconds: milliseconds(), model: model) }
        if model.isEmpty {
            // No model is named anywhere: the first of the provider's own.
            var text = "no model is named, and the provider lists none"
            do { model = try await self.models(of: provider, tenant).first ?? "" } catch let problem as Problem {
                text = GatewayWords.all.message(problem)
            }
            guard !model.isEmpty else {
                return ProviderTrial(isOK: false, milliseconds: milliseconds(), model: "", error: text)
            }
        }
        let request = ModelRequest(model: model, messages: [ModelMessage(.user, "Say hello.")], maximumOutput: 16)
        do {
            let prepared = try self.door.prepare(request, for: open)
            let call = try await self.door.send(prepared.request, to: open)
            let stream = ModelStream(
                call,
                speaking: provider.wire,
                maximumOutput: 4096,
                timeoutSeconds: 30,
                ids: self.door.ids
            )
            while case .event = try await stream.next(until: .distantFuture) {}
            self.door.reset(provider.id)
            return ProviderTrial(isOK: true, milliseconds: milliseconds(), model: model)
        } catch let failure as ModelFailure {
            let text = Redaction(secrets: open.secrets).of(Self.reason(failure))
            return ProviderTrial(isOK: false, milliseconds: milliseconds(), model: model, error: text)
        }
    }

    private static func reason(_ failure: ModelFailure) -> String {
        switch failure {
        case .refused(let status, let message, _), .failed(let status, let message):
            "status \(status): \(message.beginning(300))"
        case .unreachable(let reason, _), .broken(let reason): reason
        }
    }

    /// The models that a provider tells of, by name. Throws `providerFailed`.
    func models(of provider: Provider, _ tenant: Tenant) async throws -> [String] {
        if provider.wire == .echo { return [ProviderKind.echoModel] }
        let open = self.directory.open(provider, .none, of: tenant)
        let path = provider.wire == .anthropic ? "/v1/models?limit=1000" : "/models"
        let request = self.door.request(open, nil, method: "GET", path: path)
        do {
            let call = try await self.outbound.begin(
                request,
                reach: open.isNamed ? .everywhere : .publicOnly,
                timeoutSeconds: 15
            )
            guard let response = try await call.response(until: .distantFuture) else {
                throw GatewayProblems.providerFailed
            }
            guard response.status < 300 else {
                throw CallFailure.problem(.refused(status: response.status, message: "", retryAfter: nil), window: nil)
            }
            let body = try await response.body.collect(upTo: 4 * 1024 * 1024, timeoutSeconds: 15)
            let value = try JSON.read(body.readableBytesView)
            return (value["data"]?.array ?? []).compactMap { $0["id"]?.string }.sorted()
        } catch let problem as Problem { throw problem } catch is CancellationError { throw CancellationError() } catch
        {
            throw GatewayProblems.providerFailed
        }
    }
}
