import Foundation
import HTTPTypes
import Kernel
import Ledger
import Market
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("Deposits over PayPal")
struct PayPalTests {
    @Test("an approved order is captured and credited once", arguments: Engine.available)
    func deposit(_ engine: Engine) async throws {
        try await MarketFixture.open(engine) { shop in
            let deposit = try await shop.begin("12.50", "paypal")
            #expect(deposit["status"] == "pending")
            #expect(deposit["pay"]?["url"]?.string?.contains("checkoutnow?token=ORDER1") == true)
            #expect(try await shop.look(deposit)["status"] == "pending")
            shop.payPal.approve("ORDER1")
            #expect(try await shop.look(deposit)["status"] == "completed")
            #expect(try await shop.look(deposit)["status"] == "completed")
            #expect(try await shop.balance() == "12.50")
            #expect(shop.payPal.captures == 1)
        }
    }

    @Test("money that was taken while PayPal answered 500 is found and credited", arguments: Engine.available)
    func failsAfterwards(_ engine: Engine) async throws {
        try await MarketFixture.open(engine) { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            shop.payPal.plan(.failsAfterwards, at: "/capture")
            #expect(try await shop.look(deposit)["status"] == "unknown")
            #expect(try await shop.balance() == "0.00")
            try await shop.reconcile()
            #expect(try await shop.balance() == "10.00")
            #expect(shop.payPal.captures == 1)
        }
    }

    @Test("money that was taken while PayPal hung is found and credited")
    func hangsAfterwards() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            shop.payPal.plan(.hangsAfterwards(seconds: 11), at: "/capture")
            #expect(try await shop.look(deposit)["status"] == "unknown")
            try await shop.reconcile()
            #expect(try await shop.balance() == "10.00")
            #expect(shop.payPal.captures == 1)
        }
    }

    @Test("a declined card leaves the order to be paid in another way")
    func declined() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            shop.payPal.plan(.declines(issue: "INSTRUMENT_DECLINED"), at: "/capture")
            #expect(try await shop.look(deposit)["status"] == "pending")
            // PayPal answers a request that it knows as it did before: the payer's next try is another one.
            #expect(try await shop.look(deposit)["status"] == "completed")
            let second = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER2")
            shop.payPal.plan(.declines(issue: "PAYER_CANNOT_PAY"), at: "/capture")
            let failed = try await shop.look(second)
            #expect(failed["status"] == "failed")
            #expect(failed["reason"] == "PAYER_CANNOT_PAY")
            #expect(try await shop.balance() == "10.00")
        }
    }

    @Test("another amount, currency or purpose is credited to nobody, and is left to the operator", arguments: 0..<3)
    func mismatch(_ kind: Int) async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            shop.payPal.change("ORDER1") { order in
                switch kind {
                case 0: order.amount = "1.00"
                case 1: order.currency = "JPY"
                default: order.customID = "another"
                }
            }
            let reviewed = try await shop.look(deposit)
            #expect(reviewed["status"] == "review")
            #expect(reviewed["reason"]?.string?.hasPrefix("the rail took ") == true)
            try await shop.reconcile()
            #expect(try await shop.balance() == "0.00")
        }
    }

    @Test("nothing is begun while PayPal is down, and amounts are whole cents")
    func notBegun() async throws {
        try await MarketFixture.open { shop in
            shop.payPal.plan(.failsBefore, at: "/orders")
            #expect(try await shop.begin("10.00", "paypal", status: 503)["detail"] != nil)
            shop.payPal.plan(.declines(issue: "CURRENCY_NOT_SUPPORTED"), at: "/orders")
            let refused = try await shop.begin("10.00", "paypal", status: 502)
            #expect(refused["detail"] == "The payment company refused: CURRENCY_NOT_SUPPORTED")
            let odd = try await shop.begin("10.005", "paypal", status: 400)
            #expect(odd["detail"] == "amount must be a multiple of 0.01 for payment_method paypal")
            #expect(try await shop.begin("0.01", "paypal")["status"] == "pending")
        }
    }

    @Test("a hundred callbacks at once credit once, by certificate and by the verify call", arguments: [true, false])
    func callbacks(_ hasCertificate: Bool) async throws {
        try await MarketFixture.open(usesSystemClock: true, signsEvents: true) { shop in
            _ = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            if !hasCertificate { shop.payPal.hideCertificate() }
            let event = try shop.payPal.event("CHECKOUT.ORDER.APPROVED", order: "ORDER1", host: shop.payPalURL)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 { group.addTask { try await shop.callback("paypal", event) } }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200])
            #expect(try await shop.balance() == "10.00")
            #expect(shop.payPal.captures == 1)
            let verified = shop.payPalRequests("/v1/notifications/verify-webhook-signature")
            #expect(verified == (hasCertificate ? 0 : 100))
        }
    }

    @Test("a callback with another body, another signature or somebody else's certificate is refused")
    func forgedCallbacks() async throws {
        try await MarketFixture.open(usesSystemClock: true, signsEvents: true) { shop in
            _ = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            var event = try shop.payPal.event("CHECKOUT.ORDER.APPROVED", order: "ORDER1", host: shop.payPalURL)
            #expect(try await shop.callback("paypal", (event.headers, event.body + " ")) == 400)
            #expect(try await shop.callback("paypal", ([:], event.body)) == 400)
            let signature = event.headers["PayPal-Transmission-Sig"]!
            event.headers["PayPal-Transmission-Sig"] = "forged"
            #expect(try await shop.callback("paypal", event) == 400)
            // Another host's certificate is not even fetched: PayPal is asked, and says no to what it did not sign.
            event.headers["PayPal-Cert-Url"] = "http://127.0.0.2:1/certs"
            #expect(try await shop.callback("paypal", event) == 400)
            event.headers["PayPal-Transmission-Sig"] = signature
            event.headers["PayPal-Cert-Url"] = "\(shop.payPalURL)/v1/notifications/certs/CERT-1"
            #expect(shop.payPal.captures == 0)
            #expect(try await shop.callback("paypal", event) == 200)
            #expect(shop.payPal.captures == 1)
        }
    }

    @Test("unspent money goes back over PayPal, once, also when PayPal answered 500 after it paid")
    func refund() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            _ = try await shop.look(deposit)
            #expect(try await shop.refund(deposit, "10.01", status: 409)["detail"] != nil)
            let part = try await shop.refund(deposit, "4.00")
            #expect(part["status"] == "completed")
            #expect(part["payment_tx"] == "REFUND1")
            shop.payPal.plan(.failsAfterwards, at: "/refund")
            let rest = try await shop.refund(deposit, nil)
            #expect(rest["status"] == "processing")
            #expect(rest["amount"] == "6.00")
            // What is on its way back cannot be spent or asked for again.
            #expect(try await shop.refund(deposit, nil, status: 409)["detail"] != nil)
            try await shop.reconcile()
            #expect(try await shop.balance() == "0.00")
            #expect(shop.payPal.refunds == 2)
            let reversal = try await shop.server.house.database.read { tx in
                try tx.ledger.find(transfer: "refund:\(rest["id"]?.string ?? "")")
            }
            #expect(reversal?.origin.causedBy == "deposit:\(deposit["id"]?.string ?? "")")
            #expect(reversal?.state == .posted)
        }
    }

    @Test("calls and refunds at once never give the same money twice", arguments: Engine.available)
    func refundAndCalls(engine: Engine) async throws {
        try await FakeHost.serving({ _ in
            try await Task.sleep(for: .milliseconds(20))
            return FakeHost.json(200, [:])
        }) { host async throws in
            try await MarketFixture.open(engine) { shop in
                let deposit = try await shop.begin("5.00", "paypal")
                shop.payPal.approve("ORDER1")
                _ = try await shop.look(deposit)
                let listed = try await shop.client.send(
                    .post,
                    "/market/api/v1/services",
                    key: try await shop.server.key(MarketRole.provider, of: "seller"),
                    json: ["name": "x", "endpoint": .string(host.url), "price_per_call": "0.05", "timeout_seconds": 10]
                )
                let path = "/market/api/v1/proxy/\(try #require(listed.json["id"]?.string))/"
                let refunds = "/market/api/v1/deposits/\(deposit["id"]?.string ?? "")/refunds"
                // So that calls do not come too late because they are the first.
                #expect(try await shop.client.send(.post, path, key: shop.buyer, body: "x").status == 200)
                let called = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            try await shop.client.send(.post, path, key: shop.buyer, body: "x").status == 200 ? 1 : 0
                        }
                        guard number.isMultiple(of: 20) else { continue }
                        group.addTask {
                            let body: JSONValue = number == 60 ? [:] : ["amount": "0.40"]
                            let status = try await shop.client.send(.post, refunds, key: shop.buyer, json: body).status
                            #expect([201, 409].contains(status))
                            return 0
                        }
                    }
                    return try await group.reduce(0, +)
                }
                let answer = try await shop.client.send(.get, "/market/api/v1/refunds", key: shop.buyer).json
                let sums = (answer["refunds"]?.array ?? []).compactMap { $0["amount"]?.string.flatMap(Double.init) }
                let refunded = Int((sums.reduce(0, +) * 100).rounded())
                let left = Int(((Double(try await shop.balance() ?? "") ?? -1) * 100).rounded())
                #expect(5 + called * 5 + refunded + left == 500, "\(called) calls, \(refunded), \(left)")
                #expect(left >= 0 && called > 0)
            }
        }
    }

    @Test("a refund that PayPal has said nothing of for a day is the operator's to close")
    func stuckRefund() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            _ = try await shop.look(deposit)
            shop.payPal.plan(.failsBefore, at: "/refund")
            let refund = try await shop.refund(deposit, nil)
            #expect(refund["status"] == "processing")
            let path = "admin/refunds/\(refund["id"]?.string ?? "")/fail"
            #expect(try await shop.admin(.patch, path, ["reason": "wait"], status: 409)["detail"] != nil)
            shop.server.clock.advance(seconds: 90_000)
            #expect(try await shop.admin(.patch, path, ["reason": "no answer"])["status"] == "failed")
            #expect(try await shop.refund(deposit, "10.00")["status"] == "completed")
        }
    }

    @Test("a refused refund leaves the money to be spent")
    func refusedRefund() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "paypal")
            shop.payPal.approve("ORDER1")
            _ = try await shop.look(deposit)
            shop.payPal.plan(.declines(issue: "TRANSACTION_REFUSED"), at: "/refund")
            let refund = try await shop.refund(deposit, nil)
            #expect(refund["status"] == "failed")
            #expect(refund["reason"] == "TRANSACTION_REFUSED")
            #expect(try await shop.refund(deposit, nil)["status"] == "completed")
        }
    }
}

@Suite("Deposits over NOWPayments")
struct NOWPaymentsTests {
    @Test("only a finished payment credits, once, in whatever order callbacks come", arguments: Engine.available)
    func deposit(_ engine: Engine) async throws {
        try await MarketFixture.open(engine) { shop in
            let deposit = try await shop.begin("10.50", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            for status in ["waiting", "confirming", "confirmed", "sending", "partially_paid"] {
                shop.nowPayments.pay(invoice, number: 77, status: status)
                #expect(try await shop.callback("nowpayments", try shop.nowPayments.callback(77)) == 200)
                #expect(try await shop.look(deposit)["status"] == "pending")
            }
            shop.nowPayments.pay(invoice, number: 77, status: "finished")
            // Late and repeated words of an earlier state are only a reason to ask.
            for status in ["finished", "waiting", "failed", "finished"] {
                #expect(
                    try await shop.callback("nowpayments", try shop.nowPayments.callback(77, status: status)) == 200
                )
                shop.server.clock.advance(seconds: 2)
            }
            #expect(try await shop.look(deposit)["status"] == "completed")
            #expect(try await shop.balance() == "10.50")
        }
    }

    @Test("a payment that comes after one that failed, or after the deposit was given up, is credited")
    func late() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            shop.nowPayments.pay(invoice, number: 1, status: "expired")
            #expect(try await shop.callback("nowpayments", try shop.nowPayments.callback(1)) == 200)
            #expect(try await shop.look(deposit)["status"] == "failed")
            shop.server.clock.advance(seconds: 30 * 86_400)
            shop.nowPayments.pay(invoice, number: 2, status: "finished")
            #expect(try await shop.callback("nowpayments", try shop.nowPayments.callback(2)) == 200)
            #expect(try await shop.look(deposit)["status"] == "completed")
        }
    }

    @Test("money that comes late, while the rail is down, is found by the reconciler")
    func lateAndDown() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            shop.nowPayments.pay(invoice, number: 1, status: "expired")
            _ = try await shop.callback("nowpayments", try shop.nowPayments.callback(1))
            #expect(try await shop.look(deposit)["status"] == "failed")
            shop.nowPayments.pay(invoice, number: 2, status: "finished")
            shop.nowPayments.fail(true)
            #expect(try await shop.callback("nowpayments", try shop.nowPayments.callback(2)) == 200)
            shop.nowPayments.fail(false)
            try await shop.reconcile()
            #expect(try await shop.balance() == "10.00")
        }
    }

    @Test("what was paid in part, and what was paid twice, is left to the operator")
    func partAndTwice() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            shop.nowPayments.pay(invoice, number: 1, status: "partially_paid")
            _ = try await shop.callback("nowpayments", try shop.nowPayments.callback(1))
            #expect(try await shop.look(deposit)["status"] == "pending")
            shop.server.clock.advance(seconds: 8 * 86_400)
            #expect(try await shop.look(deposit)["status"] == "review")
            let second = try await shop.begin("5.00", "nowpayments")
            let other = try #require(second["pay"]?["invoice_id"]?.string)
            for number in [Int64(2), 3] {
                shop.nowPayments.pay(other, number: number, status: "finished")
                _ = try await shop.callback("nowpayments", try shop.nowPayments.callback(number))
                shop.server.clock.advance(seconds: 2)
            }
            #expect(try await shop.balance() == "5.00")
            let audit = try await shop.server.house.database.read { try $0.audit.list(before: nil, limit: 5).items }
            #expect(audit.first?.action == "deposit.paid_again")
            #expect(audit.contains { $0.action == "deposit.review" })
        }
    }

    @Test("what a callback says is asked for; while the rail is down nothing is credited")
    func railDown() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            shop.nowPayments.pay(invoice, number: 3, status: "finished")
            shop.nowPayments.fail(true)
            #expect(try await shop.callback("nowpayments", try shop.nowPayments.callback(3)) == 200)
            #expect(try await shop.look(deposit)["status"] == "unknown")
            #expect(try await shop.balance() == "0.00")
            shop.nowPayments.fail(false)
            try await shop.reconcile()
            #expect(try await shop.balance() == "10.00")
        }
    }

    @Test("another price, another deposit's payment and a forged signature credit nothing")
    func wrong() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            shop.nowPayments.pay(invoice, number: 4, status: "finished")
            var callback = try shop.nowPayments.callback(4)
            callback.headers["x-nowpayments-sig"] = String(repeating: "0", count: 128)
            #expect(try await shop.callback("nowpayments", callback) == 400)
            let good = try shop.nowPayments.callback(4)
            let altered = good.body.replacing("10.0", with: "99.0")
            #expect(try await shop.callback("nowpayments", (good.headers, altered)) == 400)
            shop.nowPayments.change(4) { $0.price = 1 }
            #expect(try await shop.callback("nowpayments", try shop.nowPayments.callback(4)) == 200)
            #expect(try await shop.look(deposit)["status"] == "review")
            #expect(try await shop.balance() == "0.00")
        }
    }

    @Test("a refund waits for the operator, who pays it or declines it")
    func refund() async throws {
        try await MarketFixture.open { shop in
            let deposit = try await shop.begin("10.00", "nowpayments")
            let invoice = try #require(deposit["pay"]?["invoice_id"]?.string)
            shop.nowPayments.pay(invoice, number: 5, status: "finished")
            _ = try await shop.callback("nowpayments", try shop.nowPayments.callback(5))
            let declined = try await shop.refund(deposit, "3.00")
            #expect(declined["status"] == "pending")
            #expect(try await shop.balance() == "10.00")
            let path = "admin/refunds/\(declined["id"]?.string ?? "")"
            #expect(try await shop.admin(.patch, "\(path)/fail", ["reason": "no wallet"])["status"] == "failed")
            let refund = try await shop.refund(deposit, nil)
            #expect(refund["amount"] == "10.00")
            let paid = "admin/refunds/\(refund["id"]?.string ?? "")/pay"
            #expect(try await shop.admin(.patch, paid, ["payment_tx": "0x1"])["status"] == "completed")
            #expect(try await shop.admin(.patch, paid, ["payment_tx": "0x1"], status: 409)["detail"] != nil)
            #expect(try await shop.balance() == "0.00")
        }
    }
}
