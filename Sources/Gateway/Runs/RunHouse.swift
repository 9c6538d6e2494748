import Kernel
import Ledger
import Logging
import Platform
import Storage

/// What runs share.
struct RunHouse: Sendable {
    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let logger: Logger
    let secrets: SecretBox
    let settings: GatewaySettings
    /// This process, as its runs name it.
    let process: String
    let providers: ProviderDirectory
    let door: ModelDoor
    let budgets: BudgetDirectory
    let ledger: BudgetLedger
    let tools: [Tool]
    let registry: RunRegistry

    func tool(_ name: String) -> Tool? { self.tools.first { $0.name == name } }

    /// How much of a text a trace keeps.
    func preview(_ text: String, isStored: Bool = true) -> String {
        guard isStored else { return "" }
        return switch self.settings.traceContent {
        case .none: ""
        case .preview: Redaction(secrets: []).of(text.beginning(500))
        case .full: Redaction(secrets: []).of(text.beginning(256 * 1024))
        }
    }
}
