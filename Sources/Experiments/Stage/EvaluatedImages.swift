// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline
internal import Vocabulary

/// Queries and a gallery that stages score networks on beside the target's, listed and digested.
struct EvaluatedImages {
    let query: [LabelledImage]
    let gallery: [LabelledImage]
    /// Of which images are in which list, in their order, whom they show, by which camera, and what they hold; the place
    /// itself does not matter.
    let digest: ContentDigest
    /// What each image that can be read holds, by path.
    let hashes: [String: UInt128]

    /// - Parameters:
    ///   - dataset: Which dataset it is.
    ///   - root: Where it lies.
    ///   - memoryFolder: Where hashes are remembered; nil for nowhere.
    ///   - skipsUnreadable: Whether a run would go on without a file that cannot be read.
    ///   - progress: Told how many of how many files are done.
    /// - Throws: `DataError`, and what `progress` throws.
    /// - Complexity: One pass over the bytes of all images that are not remembered.
    init(
        of dataset: Dataset, in root: String, memoryFolder: String?, skipsUnreadable: Bool,
        progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws {
        let found = try dataset.find(in: root)
        query = try found.labelled(.query)
        gallery = try found.labelled(.gallery)
        let hashes = try found.contents(
            of: (query + gallery).map(\.path), memoryFile: memoryFolder.map(found.memoryFile), progress: progress)
        let naming = ImageNaming(below: found.folder, after: "")
        let lines = try [("query", query), ("gallery", gallery)].flatMap { list, images in
            try ["\(list) \(images.count)"]
                + images.map { image in
                    let name = naming.name(of: image.path)
                    let hash = try hashes.text(of: image.path, skipsUnreadable: skipsUnreadable)
                    return "\(hash) \(image.identity.rawValue) \(image.camera.rawValue) \(name)"
                }
        }
        digest = ContentDigest(of: lines.joined(separator: "\n"))
        self.hashes = hashes.compactMapValues { try? $0.get() }
    }
}

extension Experiment {
    /// All that is scored beside the target, each place once, with the dataset that lies there.
    private var evaluatedElsewhere: [(place: EvaluatedPlace, dataset: Dataset)] {
        var seen: Set<EvaluatedPlace> = [.target]
        return stages.flatMap(\.definition.evaluatedSets).filter { seen.insert($0.place).inserted }
            .map { ($0.place, $0.dataset) }
    }

    /// Lists and digests what stages score networks on beside the target.
    ///
    /// - Parameters:
    ///   - dataFolder: The folder of all data.
    ///   - progress: Told how many of how many files of one of them are done.
    /// - Throws: `DataError`, and what `progress` throws.
    func evaluatedImages(
        dataFolder: String, memoryFolder: String?, progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [EvaluatedPlace: EvaluatedImages] {
        let pairs = try evaluatedElsewhere.map { place, dataset in
            let own: String? =
                switch place {
                case .source: settings.data.source?.path
                case .target: settings.data.target.path
                case .elsewhere(_, let path): path
                }
            let root = try own.map(absolutePath) ?? settings.data.root(in: dataFolder)
            return (
                place,
                try EvaluatedImages(
                    of: dataset, in: root, memoryFolder: memoryFolder,
                    skipsUnreadable: settings.onBadImage == .skip, progress: progress)
            )
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}

extension Datasets {
    /// The images of a set.
    func images(of set: EvaluatedSet) -> (query: [LabelledImage], gallery: [LabelledImage]) {
        if set.place == .target { return (query, gallery) }
        guard let images = evaluated[set.place] else { preconditionFailure("nobody has listed \(set.name)") }
        return (images.query, images.gallery)
    }

    /// - Throws: ``ScoringError`` where no query of some set could be scored; found out before days of work, not after.
    func requireScored(_ stages: [Experiment.NamedStage]) throws {
        for stage in stages {
            for set in stage.definition.evaluatedSets {
                let (query, gallery) = images(of: set)
                var scoring = Scoring(set.dataset, query: query, gallery: gallery)
                scoring.key = "\(stage.name).protocol"
                if let error = scoring.error(under: set.rankingProtocol) { throw error }
            }
        }
    }
}
