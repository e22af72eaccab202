// SPDX-License-Identifier: MIT

public import Data

/// Queries and a gallery of which only their publishers know who is seen: they are ranked and sent in, not scored.
public struct TestSet: Sendable {
    public let query: [UnlabelledImage]
    public let gallery: [UnlabelledImage]

    public init(query: [UnlabelledImage], gallery: [UnlabelledImage]) {
        self.query = query
        self.gallery = gallery
    }

    /// Queries, then the gallery.
    public var images: [UnlabelledImage] { query + gallery }
}
