import NIOCore
import NIOPosix

/// The connections of one event loop, so that a request and its answer stay on the loop of the task that asks.
final class OutboundLoop {
    /// How often deadlines are looked at while answers are awaited. One timer for all of them, since one for each costs more than
    /// reading an answer.
    private static let tick = TimeAmount.milliseconds(100)
    /// And while connections are only kept.
    private static let slowTick = TimeAmount.seconds(5)
    /// For so long a connection is kept without use.
    private static let idleLimit = TimeAmount.seconds(55)
    private static let connectLimit = TimeAmount.seconds(10)

    let loop: any EventLoop
    /// As of the last tick.
    private(set) var now: NIODeadline = .now()
    private let silence: TimeAmount
    /// Asks all event loops to close a connection that nobody uses.
    private let makeRoom: @Sendable (ConnectionSlots) -> Void
    private var connections: [ObjectIdentifier: OutboundConnection] = [:]
    private var idle: [ObjectIdentifier: [OutboundConnection]] = [:]
    /// For a connection, in order.
    private var waiting: [ObjectIdentifier: [Exchange]] = [:]
    private var timer: (task: Scheduled<Void>, isSlow: Bool)?
    private var isClosed = false

    /// - Parameter silence: without data for so long, an answer counts as broken off.
    init(_ loop: any EventLoop, silence: TimeAmount, makeRoom: @escaping @Sendable (ConnectionSlots) -> Void) {
        self.loop = loop
        self.makeRoom = makeRoom
        self.silence = silence
    }

    /// For what the event loop calls later.
    private var bound: NIOLoopBound<OutboundLoop> { NIOLoopBound(self, eventLoop: self.loop) }

    // MARK: Exchanges

    func begin(_ exchange: Exchange) {
        guard !self.isClosed else { return exchange.end(.failure(OutboundError.unreachable("the server ends"))) }
        self.arm(isSlow: false)
        while let connection = self.idle[ObjectIdentifier(exchange.destination)]?.popLast() {
            if connection.isIdle { return connection.send(exchange) }
        }
        self.connect(for: exchange)
    }

    func connect(for exchange: Exchange) {
        let destination = exchange.destination
        let home = self.bound
        let hasRoom = destination.slots.take { home.eventLoop.execute { home.value.serveWaiting(destination) } }
        guard hasRoom else {
            self.waiting[ObjectIdentifier(destination), default: []].append(exchange)
            return self.makeRoom(destination.slots)
        }
        let connection = OutboundConnection(exchange, self)
        self.connections[ObjectIdentifier(connection)] = connection
        let opening = NIOLoopBound(connection, eventLoop: self.loop)
        ClientBootstrap(group: self.loop)
            .connectTimeout(Self.connectLimit)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try opening.value.setUp(channel) }
            }
            .connect(to: destination.address)
            .whenComplete { result in
                switch result {
                case .success: opening.value.opened()
                case .failure(let error):
                    opening.value.failed(error)
                    home.value.remove(opening.value)
                }
            }
    }

    /// There may be room for a connection now.
    private func serveWaiting(_ destination: Destination) {
        guard let exchange = self.takeWaiting(destination) else { return destination.slots.wakeNext() }
        self.connect(for: exchange)
    }

    private func takeWaiting(_ destination: Destination) -> Exchange? {
        let key = ObjectIdentifier(destination)
        while var queue = self.waiting[key] {
            let first = queue.removeFirst()
            self.waiting[key] = queue.isEmpty ? nil : queue
            if !first.isOver { return first }
        }
        return nil
    }

    // MARK: Connections

    /// The connection is free.
    func release(_ connection: OutboundConnection) {
        if self.isClosed { return connection.close() }
        if let next = self.takeWaiting(connection.destination) { return connection.send(next) }
        if connection.destination.slots.areAwaited { return connection.close() }
        self.idle[ObjectIdentifier(connection.destination), default: []].append(connection)
    }

    /// The connection is closed.
    func remove(_ connection: OutboundConnection) {
        guard self.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        let key = ObjectIdentifier(connection.destination)
        if var idle = self.idle[key] {
            idle.removeAll { $0 === connection }
            self.idle[key] = idle.isEmpty ? nil : idle
        }
        connection.destination.slots.giveBack()
    }

    /// A connection of the host that nobody uses, whichever port it goes to, makes room for a request that waits.
    func closeIdle(of slots: ConnectionSlots) {
        let unused = self.connections.values.first { $0.isIdle && $0.destination.slots === slots }
        if slots.areAwaited { unused?.close() }
    }

    func closeAll() {
        self.isClosed = true
        let error = OutboundError.unreachable("the server ends")
        for exchange in self.waiting.values.joined() { exchange.end(.failure(error)) }
        self.waiting = [:]
        for connection in self.connections.values { connection.giveUp(error) }
        self.timer?.task.cancel()
    }

    // MARK: Time

    private func arm(isSlow: Bool) {
        if let timer {
            guard timer.isSlow, !isSlow else { return }
            timer.task.cancel()
        }
        let home = self.bound
        // It stands still while there is nothing to look at.
        self.now = .now()
        let task = self.loop.scheduleTask(in: isSlow ? Self.slowTick : Self.tick) { home.value.look() }
        self.timer = (task, isSlow)
    }

    private func look() {
        self.timer = nil
        self.now = .now()
        var isBusy = !self.waiting.isEmpty
        for connection in Array(self.connections.values) {
            if let exchange = connection.exchange {
                isBusy = true
                exchange.wakeImpatient(self.now)
                // Whoever is not read says nothing.
                if exchange.isHeldUp { connection.heardAt = self.now }
                let silence = exchange.hasHead ? exchange.silence ?? self.silence : self.silence
                if exchange.isOverdue(self.now) || self.now - connection.heardAt > silence {
                    connection.giveUp(.timeout)
                }
            } else if connection.isIdle, self.now - connection.heardAt > Self.idleLimit {
                connection.close()
            }
        }
        for (key, exchanges) in self.waiting {
            for exchange in exchanges { exchange.wakeImpatient(self.now) }
            for exchange in exchanges where exchange.isOverdue(self.now) {
                exchange.end(.failure(OutboundError.timeout))
            }
            let left = exchanges.filter { !$0.isOver }
            self.waiting[key] = left.isEmpty ? nil : left
        }
        if isBusy || !self.connections.isEmpty { self.arm(isSlow: !isBusy) }
    }
}
