import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
package import Hummingbird
import Kernel
import Market
package import Platform
import Server
import Synchronization
package import TestKit

/// PayPal as far as a shop sees it: tokens, orders, captures, refunds, signed events. It misbehaves when it is told to.
///
/// Wire format: Orders v2, Payments v2 and Notifications v1 of PayPal's REST API.
package final class FakePayPal: Sendable {
    package static let clientID = "client"
    package static let clientSecret = "secret"
    package static let webhookID = "8PT597110X687430LKGECATA"

    /// What goes wrong at the next request whose path ends so.
    package enum Mishap: Sendable {
        /// Does what was asked, then answers 500.
        case failsAfterwards
        /// Does what was asked, and answers too late.
        case hangsAfterwards(seconds: Int)
        /// Does nothing, and answers 500.
        case failsBefore
        case declines(issue: String)
    }

    package struct Order: Sendable {
        package let id: String
        package var customID: String
        package var status: String
        package var amount: String
        package var currency: String
        package var capture: String?
        package var captureStatus = "COMPLETED"
        package var refunded: Int64 = 0
    }

    private struct State {
        var orders: [String: Order] = [:]
        /// What was answered to each `PayPal-Request-Id`, declines included.
        var done: [String: (status: Int, body: JSONValue)] = [:]
        var mishaps: [String: [Mishap]] = [:]
        var count = 0
        var captures = 0
        var refunds = 0
        var certificateIsServed = true
    }

    private let state = Mutex(State())
    private let signer: Signer?

    /// - Parameter signsEvents: with a certificate that is made with `openssl`.
    package init(signsEvents: Bool = false) throws { self.signer = signsEvents ? try Signer() : nil }

    // MARK: For tests

    /// What an operator sets to be paid over the PayPal that stands there.
    package static func settings(url: String) -> [Setting: String] {
        [
            .payPalAPI: url, .payPalClientID: Self.clientID, .payPalClientSecret: Self.clientSecret,
            .payPalWebhookID: Self.webhookID, .railTimeoutSeconds: "8",
        ]
    }

    /// How often money was taken, and given back.
    package var captures: Int { self.state.withLock { $0.captures } }
    package var refunds: Int { self.state.withLock { $0.refunds } }
    package var orders: [Order] { self.state.withLock { $0.orders.values.sorted { $0.id < $1.id } } }

    package func plan(_ mishap: Mishap, at path: String) {
        self.state.withLock { $0.mishaps[path, default: []].append(mishap) }
    }

    package func change(_ order: String, _ body: @Sendable (inout Order) -> Void) {
        self.state.withLock { state in
            guard var changed = state.orders[order] else { return }
            body(&changed)
            state.orders[order] = changed
        }
    }

    /// The payer agrees on PayPal's page.
    package func approve(_ order: String) { self.change(order) { $0.status = "APPROVED" } }

    package func hideCertificate() { self.state.withLock { $0.certificateIsServed = false } }

    /// An event with its headers, as PayPal sends it.
    package func event(_ type: String, order: String, host: String, time: String = "2026-03-19T10:00:00Z") throws
        -> (headers: [String: String], body: String)
    {
        let resource: JSONValue =
            type.hasPrefix("CHECKOUT.ORDER.")
            ? ["id": .string(order)]
            : ["id": "C1", "supplementary_data": ["related_ids": ["order_id": .string(order)]]]
        let body = try JSON.text(
            ["id": "WH-1", "event_type": .string(type), "resource": resource] as JSONValue
        )
        let message = "T-1|\(time)|\(Self.webhookID)|\(Self.crc32(Array(body.utf8)))"
        return (
            [
                "PayPal-Transmission-Id": "T-1", "PayPal-Transmission-Time": time,
                "PayPal-Transmission-Sig": try self.signer?.sign(message) ?? "none",
                "PayPal-Cert-Url": "\(host)/v1/notifications/certs/CERT-1", "PayPal-Auth-Algo": "SHA256withRSA",
                "Content-Type": "application/json",
            ], body
        )
    }

    // MARK: The API

    package func answer(_ request: FakeHost.Received) async throws -> Response {
        let mishap = self.state.withLock { state -> Mishap? in
            let path = state.mishaps.keys.first { request.path.hasSuffix($0) && !(state.mishaps[$0]?.isEmpty ?? true) }
            return path.flatMap { state.mishaps[$0]?.removeFirst() }
        }
        switch mishap {
        case .failsBefore: return FakeHost.json(500, ["name": "INTERNAL_SERVER_ERROR"])
        case .declines(let issue):
            let body: JSONValue = ["name": "UNPROCESSABLE_ENTITY", "details": [["issue": .string(issue)]]]
            if let id = request.headers[HTTPField.Name("PayPal-Request-Id")!] {
                self.state.withLock { $0.done[id] = (422, body) }
            }
            return FakeHost.json(422, body)
        case .failsAfterwards:
            _ = self.perform(request)
            return FakeHost.json(500, ["name": "INTERNAL_SERVER_ERROR"])
        case .hangsAfterwards(let seconds):
            let answer = self.perform(request)
            try await Task.sleep(for: .seconds(seconds))
            return answer
        case nil: return self.perform(request)
        }
    }

    private func perform(_ request: FakeHost.Received) -> Response {
        let parts = request.path.split(separator: "/").map(String.init)
        if request.path == "/v1/oauth2/token" { return Self.token(request) }
        if request.path.hasPrefix("/v1/notifications/certs/") { return self.certificate() }
        guard request.headers[.authorization] == "Bearer A21AA" else {
            return FakeHost.json(401, ["error": "invalid_token"])
        }
        let body = (try? JSON.read(request.body)) ?? .null
        let requestID = request.headers[HTTPField.Name("PayPal-Request-Id")!]
        return self.state.withLock { state in
            if let requestID, let done = state.done[requestID] { return FakeHost.json(done.status, done.body) }
            let (status, answer) = self.perform(request.method, parts, body, &state)
            if let requestID { state.done[requestID] = (status, answer) }
            return FakeHost.json(status, answer)
        }
    }

    private func perform(_ method: String, _ parts: [String], _ body: JSONValue, _ state: inout State)
        -> (Int, JSONValue)
    {
        switch (method, parts.count, parts.last) {
        case ("POST", 3, "orders"): return (201, Self.create(body, &state))
        case ("GET", 4, let id?):
            guard let order = state.orders[id] else { return (404, ["name": "RESOURCE_NOT_FOUND"]) }
            return (200, Self.json(order))
        case ("POST", 5, "capture"): return Self.capture(parts[3], &state)
        case ("POST", 5, "refund"): return Self.refund(parts[3], body, &state)
        case ("POST", 3, "verify-webhook-signature"):
            let isGood = body["webhook_id"]?.string == Self.webhookID && body["transmission_sig"]?.string != "forged"
            return (200, ["verification_status": isGood ? "SUCCESS" : "FAILURE"])
        default: return (404, ["name": "RESOURCE_NOT_FOUND"])
        }
    }

    private static func token(_ request: FakeHost.Received) -> Response {
        let expected = Data("\(Self.clientID):\(Self.clientSecret)".utf8).base64EncodedString()
        guard request.headers[.authorization] == "Basic \(expected)",
            String(decoding: request.body, as: UTF8.self) == "grant_type=client_credentials"
        else { return FakeHost.json(401, ["error": "invalid_client"]) }
        return FakeHost.json(200, ["access_token": "A21AA", "token_type": "Bearer", "expires_in": 32_400])
    }

    private static func create(_ body: JSONValue, _ state: inout State) -> JSONValue {
        state.count += 1
        let unit = body["purchase_units"]?.array?.first
        let order = Order(
            id: "ORDER\(state.count)",
            customID: unit?["custom_id"]?.string ?? "",
            status: "PAYER_ACTION_REQUIRED",
            amount: unit?["amount"]?["value"]?.string ?? "",
            currency: unit?["amount"]?["currency_code"]?.string ?? ""
        )
        state.orders[order.id] = order
        return [
            "id": .string(order.id), "status": .string(order.status),
            "links": [
                ["rel": "self", "href": .string("https://api.example/\(order.id)")],
                ["rel": "payer-action", "href": .string("https://www.paypal.example/checkoutnow?token=\(order.id)")],
            ],
        ]
    }

    private static func capture(_ id: String, _ state: inout State) -> (Int, JSONValue) {
        guard var order = state.orders[id] else { return (404, ["name": "RESOURCE_NOT_FOUND"]) }
        let refuse = { (issue: String) -> (Int, JSONValue) in
            (422, ["name": "UNPROCESSABLE_ENTITY", "details": [["issue": .string(issue)]]])
        }
        if order.status == "COMPLETED" { return refuse("ORDER_ALREADY_CAPTURED") }
        guard order.status == "APPROVED" else { return refuse("ORDER_NOT_APPROVED") }
        order.status = "COMPLETED"
        order.capture = "CAPTURE-\(id)"
        state.orders[id] = order
        state.captures += 1
        return (201, Self.json(order))
    }

    private static func refund(_ capture: String, _ body: JSONValue, _ state: inout State) -> (Int, JSONValue) {
        guard var order = state.orders.values.first(where: { $0.capture == capture }),
            let amount = try? Micros.parse(body["amount"]?["value"]?.string ?? ""),
            let captured = try? Micros.parse(order.amount)
        else { return (404, ["name": "RESOURCE_NOT_FOUND"]) }
        guard order.refunded + amount <= captured else {
            return (422, ["name": "UNPROCESSABLE_ENTITY", "details": [["issue": "REFUND_AMOUNT_EXCEEDED"]]])
        }
        order.refunded += amount
        state.orders[order.id] = order
        state.refunds += 1
        return (201, ["id": .string("REFUND\(state.refunds)"), "status": "COMPLETED"])
    }

    private static func json(_ order: Order) -> JSONValue {
        var unit: JSONValue = [
            "reference_id": .string(order.customID), "custom_id": .string(order.customID),
            "amount": ["currency_code": .string(order.currency), "value": .string(order.amount)],
        ]
        if let capture = order.capture {
            unit = unit.adding(
                "payments",
                [
                    "captures": [
                        [
                            "id": .string(capture), "status": .string(order.captureStatus),
                            "custom_id": .string(order.customID),
                            "amount": ["currency_code": .string(order.currency), "value": .string(order.amount)],
                        ]
                    ]
                ]
            )
        }
        return ["id": .string(order.id), "status": .string(order.status), "purchase_units": [unit]]
    }

    private func certificate() -> Response {
        guard let signer, self.state.withLock({ $0.certificateIsServed }) else { return FakeHost.json(404, [:]) }
        return Response(status: .ok, body: .init(byteBuffer: .init(string: signer.certificate)))
    }

    /// The checksum in what is signed, bit by bit.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }

    /// A certificate of its own.
    private struct Signer: Sendable {
        let certificate: String
        private let key: _RSA.Signing.PrivateKey

        init() throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "souk-test-\(UUID().uuidString)").path
            defer { for end in [".key", ".pem"] { try? FileManager.default.removeItem(atPath: path + end) } }
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path + ".key", "-out",
                path + ".pem", "-subj", "/CN=messageverificationcerts.paypal.example", "-days", "2",
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            self.certificate = try String(contentsOfFile: path + ".pem", encoding: .utf8)
            self.key = try _RSA.Signing.PrivateKey(
                pemRepresentation: String(contentsOfFile: path + ".key", encoding: .utf8)
            )
        }

        func sign(_ message: String) throws -> String {
            try self.key.signature(for: Data(message.utf8), padding: .insecurePKCS1v1_5).rawRepresentation
                .base64EncodedString()
        }
    }
}
