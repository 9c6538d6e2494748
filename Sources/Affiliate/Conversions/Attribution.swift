import Kernel
import Platform
import Storage

/// Which click leads to an order, by which terms, and what of it looks like fraud.
extension ConversionService {
    struct Attribution {
        let click: Click?
        let reason: Reason
    }

    /// The last valid click before the order whose window is open wins; without one, the latest click says why not, and a robot's or
    /// a flood's is held against the order.
    func attribute(_ report: Report, at moment: Timestamp, in tx: Transaction) throws -> Attribution {
        let isOpen = { (click: Click) in
            try self.terms(of: click, report.program, in: tx).terms.isInWindow(moment, clickedAt: click.at)
        }
        if let last = try tx.clicks.listValid(report.clickScope, until: moment, limit: 1).first, try isOpen(last) {
            return Attribution(click: last, reason: .counts)
        }
        let before = try tx.clicks.listValid(report.clickScope, until: moment)
        let last = try LastClick(before, isValid: { $0.reason == .counts }, isOpen: isOpen)
        if case .valid(let click) = last { return Attribution(click: click, reason: .counts) }
        // An order that says it is older than its click is looked at, not lost.
        if let later = try tx.clicks.listValid(report.clickScope, after: moment).last {
            return Attribution(click: later, reason: .counts)
        }
        if case .outsideWindow(let late) = last { return Attribution(click: late, reason: .outsideWindow) }
        guard let invalid = try tx.clicks.findLatestInvalid(report.clickScope) else {
            return Attribution(click: nil, reason: .noClick)
        }
        let isHeld = try invalid.reason.flag != nil && isOpen(invalid)
        return Attribution(click: invalid, reason: isHeld ? .counts : invalid.reason)
    }

    /// The click's, else the one that reports.
    func partnership(of click: Click?, _ report: Report, in tx: Transaction) throws -> Partnership? {
        guard let click, click.partnership != report.partnership?.id else { return report.partnership }
        return try tx.partnerships.find(click.partnership) ?? report.partnership
    }

    func terms(of click: Click?, _ program: Program, in tx: Transaction) throws -> (version: Int, terms: Terms) {
        guard let click, click.termsVersion != program.termsVersion,
            let terms = try tx.programs.findTerms(program.id, version: click.termsVersion)
        else { return (program.termsVersion, program.content.terms) }
        return (click.termsVersion, terms)
    }

    func flags(
        _ report: Report,
        _ click: Click?,
        at moment: Timestamp,
        _ partnership: PartnershipID,
        in tx: Transaction
    ) throws -> [Conversion.Flag] {
        guard let click, !click.isSelf else { return [] }
        var flags = [click.reason.flag].compactMap(\.self)
        let isAgents = report.source == .agent
        if moment < click.at {
            flags.append(.beforeClick)
        } else if !isAgents, moment.milliseconds(since: click.at) < Self.fastestSeconds * 1000 {
            flags.append(.tooFast)
        }
        if let country = report.country, let clicked = click.country, country != clicked {
            flags.append(.countryMismatch)
        }
        let since = moment.adding(seconds: -Self.burstSeconds)
        if try tx.conversions.count(partnership: partnership, since: since, limit: Self.burstCount) >= Self.burstCount {
            flags.append(.burst)
        }
        return flags
    }
}
