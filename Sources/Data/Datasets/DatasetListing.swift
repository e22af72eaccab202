// SPDX-License-Identifier: MIT

public import Vocabulary

/// One row of a split.
public struct DatasetImage: Sendable, Equatable {
    /// A line of an index file.
    public struct Place: Sendable, Equatable {
        public let file: String
        /// Counted from 1.
        public let line: Int
    }

    /// The file.
    public let path: String
    /// Who is seen, in the dataset's numbering; nil where the dataset does not say.
    public let identity: Identity?
    /// Which camera took it, zero-based; 0 where the dataset does not say.
    public let camera: Camera
    /// Where it is listed; nil for what was found in a folder, and so is there.
    public let place: Place?

    init(path: String, identity: Int?, camera: Int, place: Place? = nil) {
        self.path = path
        self.identity = identity.map(Identity.init(rawValue:))
        self.camera = Camera(rawValue: camera)
        self.place = place
    }
}

/// The rows of a split in the dataset's order.
public struct DatasetListing: Sendable, Equatable {
    /// What the split holds.
    public let images: [DatasetImage]
    /// How many files were left out because their names say that they are junk.
    public let junkCount: Int

    init(_ images: [DatasetImage], junkCount: Int = 0) {
        self.images = images
        self.junkCount = junkCount
    }

    /// The rows of which it is known whom they show.
    var labelled: [LabelledImage] {
        images.compactMap { image in
            image.identity.map { LabelledImage(path: image.path, identity: $0, camera: image.camera) }
        }
    }

    /// The same rows in the order of their paths' bytes.
    func sortedByPath() -> DatasetListing {
        DatasetListing(
            images.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }, junkCount: junkCount)
    }

    /// Checks that all files that an index lists are there.
    ///
    /// - Throws: ``DataError/missingImage(path:listedIn:line:)`` for the first that is not.
    func requireFiles() throws(DataError) {
        for image in images {
            guard let place = image.place, !exists(image.path) else { continue }
            throw .missingImage(path: image.path, listedIn: place.file, line: place.line)
        }
    }
}
