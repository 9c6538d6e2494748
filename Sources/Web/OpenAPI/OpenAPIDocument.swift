import HTTPTypes
package import Kernel
import Platform

/// The OpenAPI 3.1 document of one surface or several, made of their endpoints.
package struct OpenAPIDocument: Sendable {
    /// A surface and what stands before its paths.
    package struct Mounted: Sendable {
        let surface: Surface
        let prefix: String

        package init(surface: Surface, prefix: String) {
            self.surface = surface
            self.prefix = prefix
        }
    }

    private let mounted: [Mounted]
    private let title: String
    private let server: String

    /// - Parameter server: where the paths begin.
    package init(_ mounted: [Mounted], title: String, server: String = "/") {
        self.mounted = mounted
        self.title = title
        self.server = server
    }

    package var json: JSONValue {
        var paths: [String: JSONValue] = [:]
        var schemas: [String: JSONValue] = [:]
        var webhooks: [String: JSONValue] = [:]
        var schemes: [String: JSONValue] = [
            "key": ["type": "http", "scheme": "bearer", "description": "A key, as the surface's contract writes it"]
        ]
        for mounted in self.mounted {
            let problem = mounted.surface.contract.body(for: Problem(.invalid, "invalid"))
            schemas[self.problemName(of: mounted.surface)] = Schema.of(problem, optional: [])
            for event in mounted.surface.events {
                webhooks["\(mounted.surface.name).\(event.type)"] = ["post": Self.webhook(event, mounted.surface)]
            }
            for endpoint in mounted.surface.endpoints where !endpoint.isPage {
                let path = mounted.prefix + endpoint.path
                var item = paths[path]?.object ?? [:]
                schemas.merge(endpoint.body?.description.components ?? [:]) { $1 }
                for header in endpoint.access.roles.compactMap(mounted.surface.contract.keyHeader) {
                    schemes[KeyScheme.name(header)] = [
                        "type": "apiKey", "in": "header", "name": .string(header.rawName),
                    ]
                }
                item[endpoint.method.rawValue.lowercased()] =
                    OperationDocument(
                        endpoint,
                        of: mounted.surface,
                        problem: self.problemName(of: mounted.surface),
                        prefix: self.isOfOne ? "" : mounted.surface.name
                    ).json
                paths[path] = .object(item)
            }
        }
        var named = NamedSchemas(schemas)
        let hoisted = (paths: named.hoist(.object(paths)), webhooks: named.hoist(.object(webhooks)))
        let own = schemas.mapValues { named.hoist($0) }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(self.title), "version": .string(self.mounted.first?.surface.contract.version ?? "1"),
                "description": .string(self.introduction),
            ],
            "servers": [["url": .string(self.server)]],
            "tags": .array(self.tags),
            "paths": hoisted.paths,
            "webhooks": hoisted.webhooks,
            "components": [
                "securitySchemes": .object(schemes),
                "schemas": .object(named.schemas.merging(own) { $1 }),
            ],
        ]
    }

    private var isOfOne: Bool { self.mounted.count == 1 }

    private func problemName(of surface: Surface) -> String {
        self.isOfOne ? "Problem" : "\(surface.name.prefix(1).uppercased())\(surface.name.dropFirst())Problem"
    }

    /// In the guide's order; what it does not name comes after, in the order of the operations.
    private var tags: [JSONValue] {
        var (tags, known): ([JSONValue], Set<String>) = ([], [])
        for surface in self.mounted.map(\.surface) {
            let used = surface.endpoints.filter { !$0.isPage }.map(\.tag) + (surface.events.isEmpty ? [] : ["Webhooks"])
            for tag in surface.contract.guide.tags where used.contains(tag.name) && known.insert(tag.name).inserted {
                tags.append(["name": .string(tag.name), "description": .string(tag.summary)])
            }
            for tag in used where known.insert(tag).inserted { tags.append(["name": .string(tag)]) }
        }
        return tags
    }

    private var introduction: String {
        let surfaces = self.mounted.map(\.surface)
        guard self.isOfOne, let surface = surfaces.first else {
            return surfaces.map(\.contract.summary).joined(separator: " ")
        }
        let problem = JSON.text(of: surface.contract.body(for: surface.contract.problem(for: .missing)))
        return [surface.contract.summary, surface.contract.guide.introduction, Self.errors(problem)].filter {
            !$0.isEmpty
        }
        .joined(separator: "\n\n")
    }

    private static func errors(_ problem: String) -> String {
        """
        ## Errors

        Every error has a status of 400 or above, this form, and its code in the header `X-Souk-Problem`. Codes do not change; texts may.

        ```json
        \(problem)
        ```

        A field or a query name that an operation does not take is named in the header `Souk-Warning`. With `Prefer: handling=strict` it is refused.

        429 says with `Retry-After` when to come again; so does 503 where it is known. 500 and 503 may be tried again, with the same `Idempotency-Key` where the
        operation takes one.

        ## Limits

        Answers to a key say in `RateLimit-Policy` and `RateLimit` what its limit is, and what is left of it. Answers with an `ETag` may be asked for with
        `If-None-Match`. Send `Accept-Encoding: gzip` for long ones.
        """
    }

    /// `service.registered` is `ServiceRegistered`.
    private static func joined(_ type: String) -> String {
        type.bytewise.replacing("_", with: ".").bytewise.split(".").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }

    /// What a subscriber is sent (OpenAPI 3.1, webhooks).
    private static func webhook(_ event: WebhookEvent, _ surface: Surface) -> JSONValue {
        let (schema, example) = event.describe()
        let standard = [
            "Webhook-Id": "The delivery: the same for each of its attempts",
            "Webhook-Timestamp": "When it was sent, in seconds since 1970",
            "Webhook-Signature": "Standard Webhooks: `v1,` and the HMAC-SHA256 of id, timestamp and body in base64",
        ]
        let headers = standard.merging(event.headers) { $1 }.sorted { $0.key < $1.key }
        return [
            "operationId": .string("receive\(Self.joined(event.type))"),
            "summary": .string(event.summary),
            "tags": ["Webhooks"],
            "parameters": .array(
                headers.map { name, summary in
                    [
                        "name": .string(name), "in": "header", "required": true, "description": .string(summary),
                        "schema": ["type": "string"],
                    ]
                }
            ),
            "requestBody": [
                "required": true, "content": ["application/json": ["schema": schema, "example": example]],
            ],
            "responses": ["2XX": ["description": "Taken; every other answer is tried again"]],
        ]
    }
}
