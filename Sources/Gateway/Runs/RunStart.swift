import Kernel
import Platform
import Storage

/// The rows with which a run begins.
struct RunStart: Sendable {
    let order: RunOrder
    let process: String
    let preview: String
    let startedAt: Timestamp

    func write(in tx: Transaction) throws -> (run: Int64, session: Int64) {
        let order = self.order
        try order.claim?.begin(order, in: tx)
        let kept = order.isKept ? order.messages : []
        let session: Int64
        switch order.place {
        case .none: session = 0
        case .new(let key):
            session = try tx.conversations.insert(
                NewSession(
                    id: ID(order.trace),
                    tenant: order.tenant.id,
                    key: key.text,
                    agent: order.agent.id.text,
                    agentKey: order.agent.key,
                    user: order.sessionUser ?? order.user,
                    channel: order.channel,
                    messageCount: kept.count,
                    run: order.id
                )
            )
        case .existing(let known):
            session = known.number
            try tx.conversations.begin(order.id, in: session, adding: kept.count)
        }
        try tx.conversations.insert(kept, in: session, of: order.id, tenant: order.tenant.id)
        let run = try tx.runs.insert(
            NewRun(
                id: order.id,
                trace: order.trace,
                tenant: order.tenant.id,
                kind: order.kind,
                agent: order.agent.id.text,
                agentKey: order.agent.key,
                key: order.keyID,
                user: order.user,
                channel: order.channel,
                sessionKey: order.place.key,
                w3cTrace: order.actor.trace.traceID,
                process: self.process,
                inputPreview: self.preview,
                metadata: order.metadata,
                startedAt: self.startedAt
            ),
            session: session
        )
        return (run, session)
    }
}
