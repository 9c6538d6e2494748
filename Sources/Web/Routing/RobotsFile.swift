/// `/robots.txt` of a listener: what its surfaces do not show to robots, and where they list what they do.
package enum RobotsFile {
    /// - Parameters:
    ///   - surfaces: each with its prefix.
    ///   - publicURL: of the surfaces' common root.
    package static func text(_ surfaces: [(contract: any SurfaceContract, prefix: String)], publicURL: String) -> String
    {
        let rules = surfaces.flatMap { surface in
            surface.contract.robots.disallowed.map { "Disallow: \(surface.prefix)\($0)" }
        }
        let maps = surfaces.filter(\.contract.robots.hasSitemap).map { "Sitemap: \(publicURL)\($0.prefix)/sitemap.xml" }
        return (["User-agent: *"] + (rules.isEmpty ? ["Disallow:"] : rules) + maps).joined(separator: "\n") + "\n"
    }
}
