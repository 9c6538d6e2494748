import Kernel
import Platform
import Storage
import Web

/// What is written down of a call that was made. It is put together before the commit, which others wait for.
struct CallRecord: Sendable {
    private let usage: Usage
    private let event: Event

    init(_ call: ProxyCall, _ funding: any Funding, _ result: CallResult) {
        let usage = Usage(call, funding, result)
        self.usage = usage
        self.event = Event(
            surface: MarketContract.name,
            types: usage.amount > 0 ? ["service.called", "payment.completed"] : ["service.called"],
            subject: usage.id.text,
            audience: usage.audience,
            payload: CallEvent(usage: usage, buyer: call.caller.name, provider: call.listing.providerName).text,
            trace: call.trace
        )
    }

    func write(in tx: Transaction) throws {
        try tx.usage.insert(self.usage.called(at: tx.now))
        try tx.events.append(self.event)
    }
}
