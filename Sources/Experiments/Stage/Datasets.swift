// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline
internal import Training

/// The experiment's images, found and listed.
struct Datasets {
    let source: [LabelledImage]
    let target: [UnlabelledImage]
    let query: [LabelledImage]
    let gallery: [LabelledImage]
    /// The target's test set, where the experiment takes it.
    let test: TestSet?
    /// What stages score networks on beside the target.
    var evaluated: [EvaluatedPlace: EvaluatedImages] = [:]
    /// Source images that are left out, as they show nobody of interest.
    let backgroundCount: Int
    /// What digests call images of either.
    let names: (source: ImageNaming, target: ImageNaming)
    private let found: (source: FoundDataset?, target: FoundDataset)

    /// - Parameters:
    ///   - root: Where datasets lie that have no place of their own.
    ///   - takesTestSet: Whether the target's test set is listed too, which must be there then.
    /// - Throws: `DataError`, which names what is missing and the layouts that are known.
    init(_ choice: DataChoice, root: String, takesTestSet: Bool = false) throws {
        let places = (source: choice.source?.path.map(absolutePath), target: choice.target.path.map(absolutePath))
        found = (
            try choice.source?.dataset.find(in: places.source ?? root),
            try choice.target.dataset.find(in: places.target ?? root)
        )
        names = (
            ImageNaming(below: places.source ?? root, after: places.source == nil ? "" : "source "),
            ImageNaming(below: places.target ?? root, after: places.target == nil ? "" : "target ")
        )
        (source, backgroundCount) = try found.source?.training() ?? ([], 0)
        target = try found.target.unlabelled(.train)
        query = try found.target.labelled(.query)
        gallery = try found.target.labelled(.gallery)
        test =
            takesTestSet
            ? TestSet(query: try found.target.unlabelled(.testQuery), gallery: try found.target.unlabelled(.testGallery))
            : nil
    }

    /// What a run goes on with all the same, and whoever reads its figures should know.
    var remarks: [String] {
        let splits: [(key: String, FoundDataset?, DatasetSplit, count: Int)] = [
            ("data.source", found.source, .train, source.count + backgroundCount),
            ("data.target", found.target, .train, target.count), ("data.target", found.target, .query, query.count),
            ("data.target", found.target, .gallery, gallery.count),
        ]
        let short = splits.compactMap { key, dataset, split, count in
            dataset?.shortfall(of: split, holding: count).map {
                "\(key): \($0): results are not comparable; 'passerby data check' says more"
            }
        }
        let supervised =
            isOne ? ["data.target: the same images as data.source: what is learnt there are the target's own labels"] : []
        // Queries and their gallery mostly show the same people.
        return supervised + short
            + Set(found.target.sharedPeople.map(\.detail)).sorted().map {
                "data.target: \($0): scores of people whom training has seen say little"
            }
    }

    /// Whether one dataset is both.
    private var isOne: Bool { found.source?.dataset == found.target.dataset && found.source?.folder == found.target.folder }

    /// What the images hold, as hexadecimal hashes, by path.
    ///
    /// - Parameters:
    ///   - memoryFolder: Where hashes are remembered; nil for nowhere.
    ///   - skipsUnreadable: Whether a run would leave out a file that cannot be read.
    ///   - progress: Told how many of how many files are done.
    /// - Throws: `DataError.unreadable(path:reason:)`, and what `progress` throws.
    func contents(
        memoryFolder: String?, skipsUnreadable: Bool, progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [String: String] {
        let sourcePaths = source.map(\.path)
        let targetPaths = target.map(\.path) + (query + gallery).map(\.path) + (test?.images ?? []).map(\.path)
        // One dataset as both has one memory, which need not be read twice.
        let ofSource = isOne ? nil : found.source.map { [($0, sourcePaths)] }
        let parts = (ofSource ?? []) + [(found.target, (isOne ? sourcePaths : []) + targetPaths)]
        let total = parts.map(\.1.count).reduce(0, +)
        var contents: [String: String] = [:]
        var earlier = 0
        for (dataset, paths) in parts {
            let hashes = try dataset.contents(of: paths, memoryFile: memoryFolder.map(dataset.memoryFile)) { done, _ in
                try progress(earlier + done, total)
            }
            for path in hashes.keys { contents[path] = try hashes.text(of: path, skipsUnreadable: skipsUnreadable) }
            earlier += paths.count
        }
        return contents
    }
}

extension DataChoice {
    /// Where datasets lie that have no place of their own, the synthetic ones in a folder named by their parameters.
    ///
    /// - Parameter dataFolder: The folder of all data beside the program, where worlds are drawn.
    func root(in dataFolder: String) throws -> String {
        switch location {
        case .folder(let path):
            return absolutePath(path)
        case .data(let besideFile):
            guard let besideFile else { return dataFolder }
            return isFolder(besideFile) ? absolutePath(besideFile) : dataFolder
        case .synthetic(let world):
            let parameters = try JSONValue(encoding: world).canonicalText
            return "\(dataFolder)/\(Self.worlds)/\(ContentDigest(of: parameters).hexadecimal.prefix(12))"
        }
    }

    /// The folder of drawn worlds in that of all data.
    static let worlds = "synthetic"

    /// What plans say of a drawn world's data, with its source and without.
    ///
    /// - Parameter name: Of its folder.
    static func digests(ofWorld name: String) -> Set<ContentDigest> {
        Set([true, false].map { digest(ofWorld: "/\(worlds)/\(name)", withSource: $0) })
    }

    /// The same, of a world in the place that ``root(in:)`` gives it below no folder.
    static func digest(ofWorld place: String, withSource: Bool) -> ContentDigest {
        ContentDigest(of: place + (withSource ? "" : " without its source"))
    }
}

extension DataChoice {
    /// The same data, by paths that lead there wherever the program is started.
    ///
    /// - Parameter dataFolder: The folder of all data beside the program, which stays as it is called.
    func lasting(in dataFolder: String) throws -> DataChoice {
        var lasting = self
        lasting.source = source.map { DatasetPlace($0.role, path: $0.path.map(absolutePath)) }
        lasting.target = DatasetPlace(target.role, path: target.path.map(absolutePath))
        switch location {
        case .folder, .data:
            let root = try root(in: dataFolder)
            lasting.location = root == dataFolder ? .data(besideFile: nil) : .folder(root)
        case .synthetic: break
        }
        return lasting
    }
}
