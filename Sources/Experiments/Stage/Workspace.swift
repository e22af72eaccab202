// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Pipeline
internal import Randomness
internal import Reporting
internal import Retrieval
internal import Training

/// What all stages of a run share.
struct Workspace {
    let settings: ExperimentSettings
    let datasets: Datasets
    /// What networks of a backbone begin with, where the experiment names it.
    let initialWeights: [Backbone: StateDictionary]
    /// Images from elsewhere, by the folders that stages name.
    var existingImages: [String: ExistingImages] = [:]
    /// What files of networks hold that stages go on with.
    var networksOfFiles: [NetworkSet.Member: StateDictionary] = [:]
    let cache: ImageCache?
    /// The images that could not be read; nothing where the first of them ends the run.
    let badImages: BadImages?

    /// The same, telling of images that cannot be read elsewhere.
    func telling(_ badImages: BadImages) -> Workspace {
        Workspace(
            settings: settings, datasets: datasets, initialWeights: initialWeights, existingImages: existingImages,
            networksOfFiles: networksOfFiles, cache: cache, badImages: badImages)
    }

    // MARK: Training

    /// What a method is handed; equal settings give equal results under whatever name the stage has.
    ///
    /// - Parameter purpose: What the method's randomness is derived by.
    func training(_ purpose: String) -> TrainingSetting {
        var setting = TrainingSetting(
            source: settings.data.source == nil ? nil : SourceImages(datasets.source),
            target: TargetImages(datasets.target), images: images, validation: validation,
            random: RandomKey(seed: settings.seed).derived(purpose))
        setting.search = .onDevice
        setting.repeatsSteps = settings.repeatsSteps
        return setting
    }

    private var images: ImageSource {
        ImageSource(
            size: settings.image, workers: settings.workers, cache: cache,
            onBadImage: badImages.map { .skip($0) } ?? .error)
    }

    // MARK: Results

    /// A number that leaves an image out is no published number: the first one that cannot be read ends the run.
    var validation: Validation {
        Validation(
            query: datasets.query, gallery: datasets.gallery, rankingProtocol: settings.data.rankingProtocol,
            extractor: FeatureExtractor(ImageSource(size: settings.image, workers: settings.workers, cache: cache)))
    }

    /// The same of another set, under its protocol.
    func validation(on set: EvaluatedSet) -> Validation {
        let images = datasets.images(of: set)
        return Validation(
            query: images.query, gallery: images.gallery, rankingProtocol: set.rankingProtocol,
            extractor: validation.extractor)
    }

    /// A trained network's result, which the run may be left without, as the only row of its stage.
    func row(_ name: String, of network: EmbeddingNetwork, in scope: StageScope) throws -> ResultRow {
        scope.progress.begin(.evaluating, of: validation.samples.count)
        let distances = try validation.distances(of: network) { count in
            scope.progress.advance(by: count)
            try scope.checkInterruption()
        }
        try attest(distances, .cosine, as: .row(name), number: 1, in: scope)
        return ResultRow(name, try validation.metrics(of: distances))
    }

    /// Leaves what a row is made of.
    ///
    /// - Parameters:
    ///   - other: What was ranked, where it is not the target.
    ///   - number: Which of the stage's rows it is, from 1.
    func attest(
        _ distances: DistanceMatrix, _ measure: RankingEvidence.Measure, as subject: RankingEvidence.Subject,
        on other: Validation? = nil, number: Int, in scope: StageScope
    ) throws {
        let evidence = try RankingEvidence(of: subject, distances, measure, other ?? validation)
        try scope.attest(evidence.file(), as: RankingEvidence.fileName(row: number))
    }

    // MARK: Networks

    /// The networks that a stage goes on with.
    func networks(_ given: GivenNetworks, in scope: StageScope) throws -> [EmbeddingNetwork] {
        try given.set.members.map { try network(given, $0, in: scope) }
    }

    /// One of them.
    func network(_ given: GivenNetworks, _ member: NetworkSet.Member, in scope: StageScope) throws -> EmbeddingNetwork {
        if let stage = given.stage { return try network(stage, member, in: scope) }
        guard let state = networksOfFiles[member] else { preconditionFailure("nobody has read '\(member.file)'") }
        let network = try EmbeddingNetwork(member.shape, random: nil)
        try network.store.load(state)
        return network
    }

    /// A network that an earlier stage leaves.
    ///
    /// - Throws: ``WeightFileError`` where the file says that it holds another one.
    func network(_ stage: String, _ member: NetworkSet.Member, in scope: StageScope) throws -> EmbeddingNetwork {
        let network = try EmbeddingNetwork(member.shape, random: nil)
        try network.store.load(WeightFile(readingFrom: scope.input(stage, member.file)).tensors(of: member.shape))
        return network
    }

    /// Writes a network that a stage leaves.
    ///
    /// - Parameter epochs: How many it was trained for.
    /// - Throws: ``WeightFileError/notFinite(path:_:)``: losses may be finite where a weight is not.
    func save(
        _ network: EmbeddingNetwork, as member: NetworkSet.Member, after epochs: Int, in scope: StageScope
    ) throws {
        let path = scope.artefact(member.file)
        try network.store.state.requireFinite(in: path)
        var facts = NetworkFacts(of: network, image: settings.image)
        facts.training = TrainingFacts(settings.data, epochs: epochs, scope.origin)
        try WeightFile.write(network.store.state, facts: facts.text, to: path)
    }
}
