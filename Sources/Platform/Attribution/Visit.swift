import Kernel

/// Whether a request for a link is somebody who goes there.
package enum Visit {
    /// Headers by which browsers say why they ask.
    package static let destinationHeader = "Sec-Fetch-Dest"
    package static let purposeHeaders = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"]

    /// No part of a page, such as an image or a frame, and no fetching ahead of a click.
    ///
    /// - Parameters:
    ///   - destination: of `Sec-Fetch-Dest`; nil where the browser does not say.
    ///   - purposes: all values of the headers that name a purpose.
    package static func isMade(destination: String?, purposes: [String]) -> Bool {
        let isAhead = purposes.contains { value in
            let purpose = value.lowercased()
            return purpose.bytewise.contains("prefetch") || purpose.bytewise.contains("prerender")
                || purpose.bytewise.contains("preview")
        }
        return (destination?.trimmed.lowercased() ?? "document").bytewise.equals("document") && !isAhead
    }

    /// Clicks of one browser on one link within a minute; further ones do not count.
    package static let floodLimit = 20
}
