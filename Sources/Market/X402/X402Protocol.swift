import Foundation
package import Kernel
import Web

/// How the operator is paid over x402.
package struct X402Configuration: Sendable {
    package let facilitator: String
    /// CAIP-2, such as `eip155:84532`.
    package let network: String
    package let asset: String
    package let assetName: String
    package let assetVersion: String
    package let payTo: String

    package init(
        facilitator: String,
        network: String,
        asset: String,
        assetName: String,
        assetVersion: String,
        payTo: String
    ) {
        self.facilitator = facilitator
        self.network = network
        self.asset = asset
        self.assetName = assetName
        self.assetVersion = assetVersion
        self.payTo = payTo
    }

    /// The name that version 1 has for the network; its clients know no other.
    var networkNameV1: String { Self.namesV1[self.network] ?? self.network }

    private static let namesV1 = [
        "eip155:8453": "base", "eip155:84532": "base-sepolia", "eip155:43114": "avalanche",
        "eip155:43113": "avalanche-fuji", "eip155:137": "polygon", "eip155:80002": "polygon-amoy",
        "eip155:4689": "iotex", "eip155:1329": "sei", "eip155:1328": "sei-testnet",
    ]
}

/// What is asked for a resource, in the forms of both versions (x402 specification, version 2 of 2025-12-09, and version 1).
package struct X402Offer: Sendable {
    static let maxTimeoutSeconds: Int64 = 300

    let configuration: X402Configuration
    let amount: Amount<USDC>
    let resourceURL: String
    let summary: String
    /// Which answers of the provider are charged.
    var chargedFor = ChargeRule.belowServerErrors

    package init(configuration: X402Configuration, amount: Amount<USDC>, resourceURL: String, summary: String) {
        self.configuration = configuration
        self.amount = amount
        self.resourceURL = resourceURL
        self.summary = summary
    }

    var requirementsV2: JSONValue {
        [
            "scheme": "exact", "network": .string(self.configuration.network),
            "amount": .string("\(self.amount.smallestUnits)"),
            "asset": .string(self.configuration.asset), "payTo": .string(self.configuration.payTo),
            "maxTimeoutSeconds": .integer(Self.maxTimeoutSeconds), "extra": self.extra,
        ]
    }

    var requirementsV1: JSONValue {
        [
            "scheme": "exact", "network": .string(self.configuration.networkNameV1),
            "maxAmountRequired": .string("\(self.amount.smallestUnits)"), "resource": .string(self.resourceURL),
            "description": .string(self.summary), "mimeType": "application/json",
            "payTo": .string(self.configuration.payTo), "maxTimeoutSeconds": .integer(Self.maxTimeoutSeconds),
            "asset": .string(self.configuration.asset), "extra": self.extra,
        ]
    }

    private var extra: JSONValue {
        ["name": .string(self.configuration.assetName), "version": .string(self.configuration.assetVersion)]
    }

    /// The 402: version 2 in the header, version 1 in the body, `detail` for everybody else.
    func problem(_ variant: String, _ arguments: [String: String] = [:], error: String? = nil) -> Problem {
        let message = MarketWords.all.say("problem.payment_required.\(variant)", arguments, in: .english)
        let required: JSONValue = [
            "x402Version": 2, "error": .string(error ?? message),
            "resource": [
                "url": .string(self.resourceURL), "description": .string(self.summary), "mimeType": "application/json",
            ],
            "accepts": [self.requirementsV2],
        ]
        let header = (try? Data(JSON.encode(required)).base64EncodedString()) ?? ""
        return Problem(
            .paymentRequired,
            "payment_required",
            arguments,
            variant: variant,
            headers: [
                .init("PAYMENT-REQUIRED", header), .init("Cache-Control", "no-store"),
                .init("X-ACF-Charged-For", self.chargedFor.rawValue),
            ],
            extra: [
                "x402Version": 1, "error": .string(error ?? message), "accepts": [self.requirementsV1],
                "charged_for": .string(self.chargedFor.rawValue),
            ]
        )
    }
}

/// A payment as a client presents it, checked against what was offered.
package struct X402Payment: Sendable {
    let version: Int64
    /// Names the authorization for ever: it can move money once.
    let nonceKey: String
    /// What the facilitator is asked, for verification and for settlement alike.
    let facilitatorRequest: JSONValue

    /// - Parameter header: base64 of the protocol's JSON.
    ///
    /// Throws `paymentUnreadable`, or a 402 when the payment is not the one that was asked for.
    package init(header: String, version: Int64, offer: X402Offer) throws {
        guard let data = Data(base64Encoded: header), data.count <= 16 * 1024,
            let payload = try? JSON.read([UInt8](data)),
            let authorization = payload["payload"]?["authorization"],
            payload["payload"]?["signature"]?.string != nil,
            let to = authorization["to"]?.string, let value = authorization["value"]?.string,
            let from = authorization["from"]?.string, Self.isHex(from, bytes: 20),
            let nonce = authorization["nonce"]?.string, Self.isHex(nonce, bytes: 32)
        else { throw MarketProblems.paymentUnreadable }
        let requirements = version == 2 ? offer.requirementsV2 : offer.requirementsV1
        let accepted = version == 2 ? payload["accepted"] : payload
        let compared = version == 2 ? ["scheme", "network", "amount", "asset", "payTo"] : ["scheme", "network"]
        guard payload["x402Version"]?.integer == version,
            compared.allSatisfy({ Self.same(accepted?[$0], requirements[$0]) }),
            to.lowercased() == offer.configuration.payTo.lowercased(), value == "\(offer.amount.smallestUnits)"
        else {
            throw offer.problem("other_payment", error: "invalid_payment_requirements")
        }
        self.version = version
        self.nonceKey = [offer.configuration.network, offer.configuration.asset, from, nonce].joined(separator: " ")
            .lowercased()
        self.facilitatorRequest = [
            "x402Version": .integer(version), "paymentPayload": payload, "paymentRequirements": requirements,
        ]
    }

    /// `0x` and the bytes' digits, in either case: another spelling of an authorization would pass for another one.
    private static func isHex(_ text: String, bytes count: Int) -> Bool {
        text.bytewise.dropping(prefix: "0x").flatMap { [UInt8](hex: String($0)) }?.count == count
    }

    /// Addresses are written in either case.
    private static func same(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        guard let left = left?.string, let right = right?.string else { return false }
        return left.lowercased() == right.lowercased()
    }
}

extension X402Payment {
    /// The receipt header: base64 of the settlement's JSON.
    func receipt(chainTransaction: String, offer: X402Offer) -> String {
        let payer = self.facilitatorRequest["paymentPayload"]?["payload"]?["authorization"]?["from"]?.string ?? ""
        let network = self.version == 2 ? offer.configuration.network : offer.configuration.networkNameV1
        let receipt: JSONValue = [
            "success": true, "transaction": .string(chainTransaction), "network": .string(network),
            "payer": .string(payer),
        ]
        return (try? Data(JSON.encode(receipt)).base64EncodedString()) ?? ""
    }
}
