import Kernel
import Platform
import Storage
import Web

/// Orders that an agent reports of its own users.
struct ConversionActions: Sendable {
    let database: any Database
    let conversions: ConversionService

    var actions: [Action] {
        [
            Action("agent.record_conversion", self.conversion)
        ]
    }

    struct ConversionInput: Input {
        let trackingCode: String
        let orderID: String?
        let amount: Yen?

        init(_ read: inout InputReader) {
            self.trackingCode = read.body(
                "tracking_code",
                .string,
                "Tracking code (32 hexadecimal digits)",
                .notBlank()
            )
            self.orderID = read.orderID()
            self.amount = read.amount()
        }
    }

    /// An order as the agent that reports it is answered: what a rule refuses is no success.
    struct ReportedConversion: Answer, Refusable {
        let output: ConversionOutput
        static let members = Member<Self>.all(of: \.output)

        var refusal: String? {
            let conversion = self.output.conversion
            guard conversion.isInvalid else { return nil }
            let reason = conversion.reasonText ?? conversion.reason.text()
            return AffiliateWords.all.say("order_does_not_count", ["reason": reason], in: .english)
        }
    }

    var conversion: Operation<ConversionInput, ReportedConversion> {
        Operation(
            "Report an order; the same order again is answered the same and counted once",
            access: .agent,
            effect: .write
        ) { input, caller, call in
            let publisher = caller.identity
            let trace = call.trace
            let outcome = try await self.database.write {
                tx -> Result<(ConversionService.Recorded, ConversionOutput), Problem> in
                guard let (partnership, program) = try tx.partnership(trackingCode: input.trackingCode.lowercased()),
                    partnership.publisher == publisher, partnership.status != .cancelled
                else { throw AffiliateProblems.trackingCodeNotFound }
                let report = ConversionService.Report(
                    source: .agent,
                    program: program,
                    clickScope: .partnership(partnership.id),
                    partnership: partnership,
                    orderID: input.orderID,
                    amount: input.amount,
                    country: nil,
                    occurredAt: nil
                )
                switch try self.conversions.take(report, trace: trace, in: tx) {
                case .failure(let problem): return .failure(problem)
                case .success(let recorded):
                    return .success((recorded, try ConversionOutput(recorded.conversion, in: tx)))
                }
            }
            // What was logged of a report stays, also when it is refused.
            let (recorded, output) = try outcome.get()
            _ = try recorded.withoutConflict()
            return ReportedConversion(output: output)
        }
        .refusing(
            AffiliateProblems.trackingCodeNotFound,
            AffiliateProblems.orderRequired,
            AffiliateProblems.orderConflict("ORDER-001")
        )
    }
}
