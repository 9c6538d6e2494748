import Foundation
import Kernel
import Logging
import Platform
import Storage
import Synchronization

/// Takes feeds in, commit by commit: a crash goes on where the last commit ended.
package struct ImportService: Sendable {
    /// Of one commit: other writers wait for no more.
    static let commitLines = 500
    static let commitMilliseconds: Int64 = 50
    /// Where more of a merchant's products would go out of stock, or more lines were refused, a full feed is doubted.
    static let missingPercent = 30
    static let rejectedPercent = 1
    /// So often a part of an import is tried that fails for no reason of the feed's.
    static let failureLimit = 5

    let database: any Database
    let ids: IDGenerator
    let medians: CategoryMedians
    let logger: Logger
    let fetch: FeedFetch
    /// Where feeds are kept until they are imported; nil for nowhere.
    private let folder: String?
    private let open = OpenFeeds()

    init(
        database: any Database,
        ids: IDGenerator,
        medians: CategoryMedians,
        fetch: FeedFetch,
        folder: String?,
        logger: Logger
    ) {
        (self.database, self.ids, self.medians, self.logger) = (database, ids, medians, logger)
        (self.fetch, self.folder) = (fetch, folder)
    }

    /// Imports of one merchant that wait or run.
    static let runningLimit = 20

    func isFetchable(_ url: String) -> Bool { self.fetch.isAllowed(url) }

    /// A file of its own for a feed. Throws `uploadsUnavailable`.
    ///
    /// - Parameter bytes: nil for a feed that is still to be fetched.
    func newFile(_ bytes: [UInt8]?) throws -> String {
        guard let folder else { throw CommerceProblems.uploadsUnavailable }
        let rights: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: rights)
        let path = "\(folder)/\(self.ids.uuid())"
        guard let bytes else { return path }
        do { try FeedFile.write(bytes, to: path) } catch { throw CommerceProblems.uploadsUnavailable }
        return path
    }

    /// Begins an import. Throws `merchantNotFound`.
    func begin(_ options: CatalogImport.Options, merchant: String, actor: String, trace: Trace) async throws
        -> ID<CatalogImport>
    {
        let id: ID<CatalogImport> = self.ids.next()
        try await self.database.write { tx in
            _ = try tx.merchants.require(merchant)
            guard try tx.imports.countRunning(of: merchant) < Self.runningLimit else {
                throw CommerceProblems.tooManyImports
            }
            try tx.imports.insert(id, merchant: merchant, options)
            try tx.audit.record(
                actor: actor,
                action: "catalog.import",
                subject: id.text,
                detail: "\(options.format.rawValue) of \(merchant) from \(options.source)",
                trace: trace
            )
        }
        return id
    }

    /// Another process has taken the lines: a server's worker, or a command.
    private struct OtherProcess: Error {}

    /// Does the import to its end, or waits for it where another process does it.
    func run(_ id: ID<CatalogImport>) async throws {
        while true {
            do { guard try await self.step(id) else { break } } catch is OtherProcess {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        try await self.medians.refresh()
    }

    /// Does the next commit; false at the end.
    func step(_ id: ID<CatalogImport>) async throws -> Bool {
        guard let found = try await self.database.read({ try $0.imports.find(id) }), found.state == .running else {
            self.open.close(id)
            return false
        }
        do {
            if let url = found.options.url, !found.isHere, try await !self.fetch(url, for: found) { return false }
            let feed = try await self.open.feed(of: found, self.database)
            let lines = try feed.read(Self.commitLines)
            guard !lines.isEmpty else { return try await self.finish(found, feed.reading.merchant) }
            async let ahead: Void = feed.readAhead(Self.commitLines)
            try await self.commit(lines, of: found, feed)
            await ahead
            return true
        } catch let failure as FileBytes.Failure {
            try await self.fail(found, "\(failure)")
        } catch let failure as FeedRejection {
            try await self.fail(found, failure.reason)
        } catch let failure as FeedFetch.Failure {
            try await self.fail(found, failure.code)
        } catch let other as OtherProcess {
            self.open.close(id)
            throw other
        } catch {
            // What was read and not written is read again, and not for ever.
            self.open.close(id)
            guard !(error is CancellationError), !Self.isElsewhere(error) else { throw error }
            let failures = try await self.database.write { try $0.imports.countFailure(id) }
            guard failures >= Self.failureLimit else { throw error }
            self.logger.error("cannot import", metadata: ["import": "\(id)", "error": "\(error)"])
            try await self.fail(found, "internal_error")
        }
        return false
    }

    private func fail(_ found: CatalogImport, _ reason: String) async throws {
        self.open.close(found.id)
        try await self.database.write { try $0.imports.finish(found.id, failure: reason) }
        found.removeFile()
        self.logger.warning("an import has failed", metadata: ["import": "\(found.id)", "reason": "\(reason)"])
    }

    // MARK: Lines

    private func commit(_ lines: [OpenFeed.Line], of found: CatalogImport, _ feed: OpenFeed) async throws {
        var rest = lines[...]
        var progress = found.progress
        while !rest.isEmpty {
            let (part, before) = (Array(rest), progress)
            let (done, after) = try await self.database.write { tx in
                try self.write(part, before, of: found, in: tx)
            }
            progress = after
            rest = rest.dropFirst(done)
        }
    }

    /// Writes lines for as long as one commit may take: how many, and what has come of them.
    private func write(
        _ lines: [OpenFeed.Line],
        _ before: CatalogImport.Progress,
        of found: CatalogImport,
        in tx: Transaction
    ) throws -> (Int, CatalogImport.Progress) {
        let end = ContinuousClock.now + .milliseconds(Self.commitMilliseconds)
        var progress = before
        var rejects: [RejectedLine] = []
        var done = 0
        var next: ProductID?
        for line in lines {
            if done > 0, ContinuousClock.now > end { break }
            progress.records += 1
            do {
                try self.take(try line.product.get(), of: found, &progress, &next, in: tx)
            } catch let rejection as FeedRejection {
                progress.rejected += 1
                if progress.rejected <= ImportStore.rejectLimit { rejects.append(RejectedLine(line.number, rejection)) }
            }
            (progress.offset, progress.line) = (line.end, line.next)
            done += 1
        }
        guard try tx.imports.update(found.id, progress, after: before.offset) else { throw OtherProcess() }
        try tx.imports.insert(rejects, of: found.id)
        return (done, progress)
    }

    /// Throws a `FeedRejection`.
    private func take(
        _ product: FeedProduct,
        of found: CatalogImport,
        _ progress: inout CatalogImport.Progress,
        _ next: inout ProductID?,
        in tx: Transaction
    ) throws {
        let (content, merchant, isDry) = (product.content, found.merchant, found.options.isDryRun)
        let known = try tx.products.find(merchant: merchant, externalID: content.externalID)
        if product.isWithdrawn {
            guard let known, !known.isWithdrawn else { return progress.unchanged += 1 }
            if !isDry { try tx.products.withdraw(known.id) }
            return progress.withdrawn += 1
        }
        guard let known else {
            let id = try self.number(product, of: found, &next, in: tx)
            progress.created += 1
            guard !isDry else { return }
            try tx.products.insert(id, of: merchant, content, importID: found.id.text)
            if let price = content.price { try tx.products.insertPrice(price, of: id, importID: found.id.text) }
            return try self.put(product.videos, of: id, merchant, in: tx)
        }
        if try tx.products.wasSeen(known.id, by: found.id.text) { progress.duplicates += 1 }
        guard known.hash != content.hash || known.isWithdrawn else {
            progress.unchanged += 1
            guard !isDry else { return }
            try tx.products.touch(known.id, importID: found.id.text)
            return try self.put(product.videos, of: known.id, merchant, in: tx)
        }
        progress.updated += 1
        guard !isDry else { return }
        try tx.products.update(known.id, of: merchant, content, importID: found.id.text)
        if let price = content.price, price.micros != known.price || price.currency.code != known.currency {
            try tx.products.insertPrice(price, of: known.id, importID: found.id.text)
        }
        try self.put(product.videos, of: known.id, merchant, in: tx)
    }

    /// Of a new product: its source's, or the next one. Throws a `FeedRejection`.
    private func number(
        _ product: FeedProduct,
        of found: CatalogImport,
        _ next: inout ProductID?,
        in tx: Transaction
    ) throws -> ProductID {
        if found.options.keepsIDs {
            guard let number = product.number else { throw FeedRejection("item_id", "not_a_number") }
            guard try !tx.products.exists(number) else { throw FeedRejection("item_id", "number_taken") }
            return number
        }
        let id = try next ?? tx.products.nextID()
        next = ProductID(id.value + 1)
        return id
    }

    private func put(_ videos: [FeedVideo], of product: ProductID, _ merchant: String, in tx: Transaction) throws {
        for video in videos {
            try tx.videos.put(video.creator, of: merchant)
            try tx.videos.put(
                Video(
                    taskID: video.taskID,
                    product: product,
                    creator: video.creator,
                    thumbnail: video.thumbnail,
                    url: video.url,
                    tiktokURL: video.tiktokURL,
                    durationSeconds: video.durationSeconds,
                    gmv: video.gmv,
                    orders: video.orders,
                    views: video.views,
                    publishedAt: video.publishedAt
                )
            )
        }
    }

    // MARK: The end

    /// What a full feed does not have goes out of stock, unless that is doubtful.
    private func finish(_ found: CatalogImport, _ merchant: Merchant) async throws -> Bool {
        let options = found.options
        // An archive, a page, a head alone: whoever has sent it meant something else.
        guard found.progress.records > 0 else {
            try await self.fail(found, "no_lines")
            return false
        }
        if options.isFull, !options.isDryRun {
            let unseen = try await self.database.read { tx in
                (
                    missing: try tx.products.countUnseen(merchant: merchant.id, importID: found.id.text),
                    all: try tx.products.count(merchant: merchant.id)
                )
            }
            let isDoubtful =
                (found.progress.missing + unseen.missing) * 100 > unseen.all * Self.missingPercent
                || found.progress.rejected * 100 > found.progress.records * Self.rejectedPercent
            if isDoubtful, !options.isForced {
                try await self.fail(found, "too_many_missing")
                return false
            }
            if unseen.missing > 0 {
                try await self.database.write { tx in
                    let products = try tx.products.listUnseen(
                        merchant: merchant.id,
                        importID: found.id.text,
                        after: nil,
                        limit: Self.commitLines
                    )
                    for product in products { try tx.products.setOutOfStock(product) }
                    var progress = found.progress
                    progress.missing += products.count
                    guard try tx.imports.update(found.id, progress, after: progress.offset) else {
                        throw OtherProcess()
                    }
                }
                return true
            }
        }
        self.open.close(found.id)
        try await self.database.write { try $0.imports.finish(found.id, failure: nil) }
        found.removeFile()
        return false
    }
}
