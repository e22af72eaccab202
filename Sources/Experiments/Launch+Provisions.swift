// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Pipeline

extension Launch {
    /// What goes into stages from files beside the datasets.
    struct Provisions {
        /// Where networks of each backbone begin.
        let weights: [Backbone: InitialWeights]
        /// Images from elsewhere, by the folders that stages name.
        let images: [String: ExistingImages]
        /// What files of networks hold, by the paths that stages name.
        let networks: [String: ContentDigest]
        /// Queries and galleries that stages score networks on beside the target's.
        let evaluated: [EvaluatedPlace: EvaluatedImages]

        /// What each of their images holds, by path.
        var hashes: [String: UInt128] {
            let all = images.values.map(\.hashes) + evaluated.values.map(\.hashes)
            return all.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }

    /// Reads whole files for their digests: to be asked for once.
    func provisions(_ interruption: Interruption) throws -> Provisions {
        var images: [String: ExistingImages] = [:]
        for folder in experiment.imageFolders.sorted() {
            let progress = LateProgress(label: "translated images", unit: "images", output: output)
            defer { progress.finish() }
            images[folder] = try ExistingImages(
                in: absolutePath(folder), memoryFolder: memoryFolder,
                skipsUnreadable: experiment.settings.onBadImage == .skip
            ) { done, total in
                progress.show(done, of: total)
                try interruption.check()
            }
        }
        return Provisions(
            weights: try initialWeights(), images: images, networks: try experiment.digestsOfNetworkFiles(),
            evaluated: try evaluatedImages(interruption))
    }

    private func evaluatedImages(_ interruption: Interruption) throws -> [EvaluatedPlace: EvaluatedImages] {
        let progress = LateProgress(label: "evaluated data", unit: "images", output: output)
        defer { progress.finish() }
        return try experiment.evaluatedImages(dataFolder: dataFolder, memoryFolder: memoryFolder) { done, total in
            progress.show(done, of: total)
            try interruption.check()
        }
    }

    private func initialWeights() throws -> [Backbone: InitialWeights] {
        try Dictionary(
            uniqueKeysWithValues: experiment.backbonesBegun.compactMap { backbone in
                try initialWeights(of: backbone).map { (backbone, $0) }
            })
    }

    /// The values that networks of each backbone begin with.
    ///
    /// - Parameter tell: Told what a user should know of the files.
    /// - Throws: ``InitialWeightsError/otherBackbone(path:stage:asked:found:)``, before days of work and not after.
    func fittedWeights(
        _ files: [Backbone: InitialWeights], tell: (String) -> Void = { _ in }
    ) throws -> [Backbone: StateDictionary] {
        try Dictionary(
            uniqueKeysWithValues: files.map { backbone, file in
                let stage = experiment.stages.first { $0.definition.begins == backbone }?.name ?? ""
                let (state, notes) = try file.fitted(to: backbone, for: stage)
                for note in notes { tell("\(file.path): \(note)") }
                if let remark = file.remark { tell(remark) }
                return (backbone, state)
            })
    }

    /// Where networks of a backbone begin; nothing where their weights are drawn.
    func initialWeights(of backbone: Backbone) throws -> InitialWeights? {
        try experiment.settings.initialWeights.map { try InitialWeights($0, for: backbone, in: weightFolders) }
    }
}
