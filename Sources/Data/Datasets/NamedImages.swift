// SPDX-License-Identifier: MIT

/// How a dataset's file names, such as `0052_c1s1_000777_01.jpg`, tell identity and camera.
struct NamedImages: Sendable {
    /// The identities there are, junk aside; nil for all from 0.
    var identities: ClosedRange<Int>?
    let cameras: CameraNumbers
    /// A name of the dataset, for messages.
    let example: String

    /// Lists the images of some folders in the order of their paths; what is called −1 is junk and left out.
    ///
    /// - Throws: ``DataError/unreadable(path:reason:)``, ``DataError/noImages(folder:)``,
    ///   ``DataError/malformedName(path:expected:)``, ``DataError/unknownIdentity(path:found:allowed:)``,
    ///   ``DataError/unknownCamera(path:found:allowed:)``.
    func list(in folders: [String]) throws(DataError) -> DatasetListing {
        var images: [DatasetImage] = []
        var junkCount = 0
        for folder in folders {
            for name in try imageNames(in: folder) {
                if let image = try image(joined(folder, name)) { images.append(image) } else { junkCount += 1 }
            }
        }
        return DatasetListing(images, junkCount: junkCount)
    }

    /// One image; nil for junk.
    func image(_ path: String, place: DatasetImage.Place? = nil) throws(DataError) -> DatasetImage? {
        guard let pattern = FileNamePattern(lastComponent(path)) else {
            throw .malformedName(path: path, expected: "IDENTITY_cCAMERA…, such as \(example)")
        }
        if pattern.identity == FileNamePattern.junk { return nil }
        guard (identities ?? 0...Int.max).contains(pattern.identity) else {
            let allowed = identities.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "0 or more"
            throw .unknownIdentity(path: path, found: pattern.identity, allowed: "\(allowed), or -1")
        }
        return DatasetImage(
            path: path, identity: pattern.identity, camera: try cameras.position(of: pattern.camera, at: path),
            place: place)
    }
}

/// A split that is a folder of named images.
extension SplitDefinition {
    init(
        _ split: DatasetSplit, in folders: [String], _ names: NamedImages, _ published: PublishedCounts...
    ) {
        self.init(split: split, needs: folders, imageFolders: folders, published: published) { root throws(DataError) in
            try names.list(in: folders.map { joined(root, $0) })
        }
    }
}

/// The numbers that a dataset gives its cameras; readers number them by their position here.
struct CameraNumbers: Sendable {
    let numbers: [Int]

    init(_ numbers: some Sequence<Int>) {
        self.numbers = Array(numbers)
    }

    /// The zero-based camera.
    ///
    /// - Throws: ``DataError/unknownCamera(path:found:allowed:)``.
    func position(of number: Int, at place: String) throws(DataError) -> Int {
        guard let position = numbers.firstIndex(of: number) else {
            throw .unknownCamera(path: place, found: number, allowed: numbers)
        }
        return position
    }
}
