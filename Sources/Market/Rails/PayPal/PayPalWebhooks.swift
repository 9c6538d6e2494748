import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import Kernel
import NIOSSL
import Synchronization

/// Checks that an event was sent by PayPal: by the certificate that signed it, or, when that cannot be read, by asking PayPal.
final class PayPalWebhooks: Sendable {
    /// Certificates kept in memory; PayPal uses one or two at a time.
    private static let certificateLimit = 8

    private struct Certificate: Sendable {
        let key: _RSA.Signing.PublicKey
        let validFrom: Timestamp
        let validUntil: Timestamp
    }

    private let client: PayPalClient
    private let clock: WallClock
    private let certificates = Mutex<[String: Certificate]>([:])

    init(client: PayPalClient, clock: WallClock) {
        self.client = client
        self.clock = clock
    }

    /// What the event is about; nil for events that concern no payment.
    ///
    /// Throws `callbackSignature`, or *unavailable* when PayPal cannot be asked.
    func read(_ headers: HTTPFields, _ body: [UInt8]) async throws -> RailCallback? {
        guard let transmission = Transmission(headers), let event = try? JSON.read(body) else {
            throw MarketProblems.callbackSignature
        }
        guard try await self.isGenuine(transmission, body) else { throw MarketProblems.callbackSignature }
        let resource = event["resource"]
        let type = event["event_type"]?.string ?? ""
        let order: String?
        if type.bytewise.starts(with: "CHECKOUT.ORDER.") {
            order = resource?["id"]?.string
        } else if type.bytewise.starts(with: "PAYMENT.CAPTURE.") {
            order = resource?["supplementary_data"]?["related_ids"]?["order_id"]?.string
        } else {
            return nil
        }
        let custom =
            resource?["custom_id"]?.string ?? resource?["purchase_units"]?.array?.first?["custom_id"]?.string
        return RailCallback(deposit: custom.map { ID($0) }, reference: order, payment: nil)
    }

    private func isGenuine(_ transmission: Transmission, _ body: [UInt8]) async throws -> Bool {
        if transmission.algorithm == "SHA256withRSA", let certificate = await self.certificate(transmission.certificate)
        {
            let now = self.clock.now()
            guard certificate.validFrom <= now, now < certificate.validUntil else { return false }
            guard let signature = Data(base64Encoded: transmission.signature) else { return false }
            let message = transmission.message(webhookID: self.client.configuration.webhookID, body: body)
            return certificate.key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: Data(message.utf8),
                padding: .insecurePKCS1v1_5
            )
        }
        return try await self.isConfirmed(transmission, body)
    }

    /// The verify call. The event goes back as the bytes that came, since PayPal's signature is over them.
    private func isConfirmed(_ transmission: Transmission, _ body: [UInt8]) async throws -> Bool {
        let question: JSONValue = [
            "auth_algo": .string(transmission.algorithm), "cert_url": .string(transmission.certificate),
            "transmission_id": .string(transmission.id), "transmission_sig": .string(transmission.signature),
            "transmission_time": .string(transmission.time),
            "webhook_id": .string(self.client.configuration.webhookID),
        ]
        let bytes = try JSON.encode(question).dropLast() + Array(",\"webhook_event\":".utf8) + body + Array("}".utf8)
        let answer = await self.client.send("POST", "/v1/notifications/verify-webhook-signature", body: Array(bytes))
        guard let answer, !answer.isSilence else { throw MarketProblems.railUnavailable }
        return answer.isSuccess && answer.body["verification_status"]?.string == "SUCCESS"
    }

    private func certificate(_ url: String) async -> Certificate? {
        if let known = self.certificates.withLock({ $0[url] }) { return known }
        guard let bytes = await self.client.fetch(url),
            let parsed = try? NIOSSLCertificate(bytes: bytes, format: .pem),
            let spki = try? parsed.extractPublicKey().toSPKIBytes(),
            let key = try? _RSA.Signing.PublicKey(derRepresentation: spki)
        else { return nil }
        let certificate = Certificate(
            key: key,
            validFrom: Timestamp(microseconds: Int64(parsed.notValidBefore) * 1_000_000),
            validUntil: Timestamp(microseconds: Int64(parsed.notValidAfter) * 1_000_000)
        )
        self.certificates.withLock { certificates in
            if certificates.count >= Self.certificateLimit { certificates = [:] }
            certificates[url] = certificate
        }
        return certificate
    }
}

/// How PayPal says that an event is its own (Webhooks, "Verify").
private struct Transmission {
    let id: String
    let time: String
    let signature: String
    let certificate: String
    let algorithm: String

    init?(_ headers: HTTPFields) {
        let read = { (name: String) -> String? in headers[HTTPField.Name("PayPal-\(name)")!] }
        guard let id = read("Transmission-Id"), let time = read("Transmission-Time"),
            let signature = read("Transmission-Sig"), let certificate = read("Cert-Url"),
            let algorithm = read("Auth-Algo")
        else { return nil }
        self.id = id
        self.time = time
        self.signature = signature
        self.certificate = certificate
        self.algorithm = algorithm
    }

    /// What is signed.
    func message(webhookID: String, body: [UInt8]) -> String {
        "\(self.id)|\(self.time)|\(webhookID)|\(CRC32.checksum(body))"
    }
}

/// The checksum of zip files (ISO 3309).
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { self.table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }
}
