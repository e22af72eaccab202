// SPDX-License-Identifier: MIT

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

/// A number of things, in words.
func counted(_ number: Int, _ thing: String) -> String {
    if number == 1 { return "1 \(thing)" }
    return "\(number) \(thing.hasSuffix("y") ? "\(thing.dropLast())ies" : "\(thing)s")"
}
