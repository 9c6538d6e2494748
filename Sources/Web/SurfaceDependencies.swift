package import Kernel
package import Ledger
package import Logging
package import Platform
package import Search
package import Storage

/// What a surface needs from the house.
package struct SurfaceDependencies: Sendable {
    package let database: any Database
    package let accounts: AccountCache
    package let door: Door
    package let sessions: Sessions
    package let outbound: Outbound
    package let secrets: SecretBox
    package let mail: MailOutbox
    package let ids: IDGenerator
    package let clock: WallClock
    package let metrics: Metrics
    package let logger: Logger
    /// Where this node keeps files; nil for memory alone.
    package let dataDirectory: String?
    /// Where the set-up puts what pages are served with; nil for none.
    package let assetsDirectory: String?
    /// Where clients reach this surface, without a slash at the end.
    package private(set) var publicURL: String

    package init(
        database: any Database,
        accounts: AccountCache,
        door: Door,
        sessions: Sessions,
        outbound: Outbound,
        secrets: SecretBox,
        mail: MailOutbox,
        ids: IDGenerator,
        clock: WallClock,
        metrics: Metrics,
        logger: Logger,
        dataDirectory: String?,
        assetsDirectory: String? = nil,
        publicURL: String
    ) {
        self.database = database
        self.accounts = accounts
        self.door = door
        self.sessions = sessions
        self.outbound = outbound
        self.secrets = secrets
        self.mail = mail
        self.ids = ids
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.dataDirectory = dataDirectory
        self.assetsDirectory = assetsDirectory
        self.publicURL = publicURL
    }
}

extension SurfaceDependencies {
    /// The same for a surface that clients reach elsewhere.
    package func reached(at publicURL: String) -> SurfaceDependencies {
        var other = self
        other.publicURL = publicURL
        return other
    }

    /// The surface's one search over these records.
    package func search(_ source: SearchSource) -> Search {
        Search(source, database: self.database, folder: self.dataDirectory.map { "\($0)/search" }, logger: self.logger)
    }

    package func subscriptions(_ dialect: WebhookDialect, _ problems: WebhookSubscriptions.Problems)
        -> WebhookSubscriptions
    {
        WebhookSubscriptions(
            database: self.database,
            outbound: self.outbound,
            secrets: self.secrets,
            ids: self.ids,
            dialect: dialect,
            problems: problems
        )
    }
}
