// SPDX-License-Identifier: MIT

internal import Reporting

/// What the authors of a dataset, or the papers that use it, say a split holds.
public struct PublishedCounts: Sendable, Equatable, Codable {
    /// Images, junk left out; nil where nobody says.
    public let images: Int?
    /// Different identities, background counted as one; nil where nobody says, or nobody knows.
    public let identities: Int?
    /// Different cameras; nil where nobody says.
    public let cameras: Int?

    public init(images: Int? = nil, identities: Int? = nil, cameras: Int? = nil) {
        self.images = images
        self.identities = identities
        self.cameras = cameras
    }
}

extension PublishedCounts: CustomStringConvertible {
    /// What is known, in words.
    public var description: String {
        [(images, "image"), (identities, "identity"), (cameras, "camera")]
            .compactMap { number, what in number.map { counted($0, what) } }.joined(separator: ", ")
    }
}
