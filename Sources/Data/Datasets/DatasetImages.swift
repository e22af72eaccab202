// SPDX-License-Identifier: MIT

public import Vocabulary

/// An image of which the dataset says whom it shows: of the source's training set, a query or a gallery.
public struct LabelledImage: Sendable, Equatable {
    /// The file.
    public let path: String
    /// Who is seen, in the dataset's numbering.
    public let identity: Identity
    /// Which camera took it, zero-based.
    public let camera: Camera

    public init(path: String, identity: Identity, camera: Camera) {
        self.path = path
        self.identity = identity
        self.camera = camera
    }
}

/// An image of the target's training set. It has no identity, so that no training code can use one.
public struct UnlabelledImage: Sendable, Equatable {
    /// The file.
    public let path: String
    /// Which camera took it, zero-based.
    public let camera: Camera

    public init(path: String, camera: Camera) {
        self.path = path
        self.camera = camera
    }
}

/// One image as a loader loads it: a file, its row of the classifier, its camera.
public struct Sample: Sendable, Equatable {
    /// The label of an image that has none.
    public static let unlabelled = -1

    /// The file.
    public let path: String
    /// The class index, `0 ..< K`: a row of the classifier, not an identity. ``unlabelled`` where there is
    /// none.
    public let label: Int
    /// Which camera took it, zero-based.
    public let camera: Camera

    public init(path: String, label: Int = Sample.unlabelled, camera: Camera) {
        precondition(
            label >= Sample.unlabelled, "the label \(label) of '\(path)' is neither a class nor unlabelled"
        )
        self.path = path
        self.label = label
        self.camera = camera
    }

    /// An image without a class.
    public init(_ image: UnlabelledImage) {
        self.init(path: image.path, camera: image.camera)
    }

    /// The samples of labelled images, classes being the ranks of their identities in ascending order.
    ///
    /// - Parameter images: `N` images with `K` different identities.
    /// - Returns: `N` samples in the same order with labels `0 ..< K`, and the identity of each class, `[K]`.
    public static func classified(_ images: [LabelledImage]) -> (samples: [Sample], identities: [Identity]) {
        let identities = Set(images.map(\.identity)).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: identities.enumerated().map { ($1, $0) })
        let samples = images.compactMap { image in
            ranks[image.identity].map { Sample(path: image.path, label: $0, camera: image.camera) }
        }
        return (samples, identities)
    }
}
