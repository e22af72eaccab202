// SPDX-License-Identifier: MIT

/// Who is seen in an image, as the dataset numbers them. Not a class index: those are row numbers of a classifier.
public struct Identity: RawRepresentable, Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// VisDA-2020's and Market-1501's number for an image that shows nobody of interest: a distractor.
    public static let background = Identity(rawValue: 0)

    /// The number of what was detected and is nobody: it counts on neither side of a ranking.
    public static let junk = Identity(rawValue: -1)

    public static func < (left: Identity, right: Identity) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The camera that took an image, zero-based as the readers number them.
public struct Camera: RawRepresentable, Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    public static func < (left: Camera, right: Camera) -> Bool {
        left.rawValue < right.rawValue
    }
}
