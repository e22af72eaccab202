// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Methods
internal import Pipeline
internal import Randomness
internal import Retrieval

/// What all stages of a run share.
struct Workspace {
    let experiment: Experiment
    let datasets: Datasets
    /// What networks of a backbone begin with, where the experiment names it.
    let initialWeights: [Backbone: StateDictionary]
    let cache: ImageCache?
    /// The images that could not be read; nothing where the first of them ends the run.
    let badImages: BadImages?

    /// The same, telling of images that cannot be read elsewhere.
    func telling(_ badImages: BadImages) -> Workspace {
        Workspace(
            experiment: experiment, datasets: datasets, initialWeights: initialWeights, cache: cache,
            badImages: badImages)
    }

    var source: SourceImages { SourceImages(datasets.source) }
    var target: TargetImages { TargetImages(datasets.target) }

    var validation: Validation {
        Validation(
            query: datasets.query, gallery: datasets.gallery,
            rankingProtocol: experiment.data.rankingProtocol,
            extractor: FeatureExtractor(scoredImages))
    }

    /// A trained network's result, which the run may be left without.
    func metrics(of network: EmbeddingNetwork, in scope: StageScope) throws -> RankingMetrics {
        try validation.metrics(of: network) { _ in try scope.checkInterruption() }
    }

    /// The randomness of a kind of stage: equal settings give equal results under whatever name.
    func random(for kind: String) -> RandomKey {
        RandomKey(seed: experiment.seed).derived(kind)
    }

    func images(_ random: RandomKey) -> ImageSource {
        ImageSource(
            size: experiment.image, workers: experiment.workers, random: random, cache: cache,
            onBadImage: badImages.map { .skip($0) } ?? .error)
    }

    /// Images that results are measured on: a number that leaves one out is no published number.
    private var scoredImages: ImageSource {
        ImageSource(size: experiment.image, workers: experiment.workers, random: random(for: "validation"), cache: cache)
    }

    func images(for kind: String) -> ImageSource {
        images(random(for: kind))
    }

    /// A network with stored weights.
    func network(
        _ path: String, _ backbone: Backbone, domains: NormalisationDomains
    ) throws -> EmbeddingNetwork {
        let network = try EmbeddingNetwork(backbone, domains: domains, random: nil)
        try network.store.load(WeightFile(readingFrom: path).tensors)
        return network
    }

    /// - Throws: ``WeightFileError/notFinite(path:_:)``: losses may be finite where a weight is not.
    func save(_ network: EmbeddingNetwork, to path: String) throws {
        try network.store.state.requireFinite(in: path)
        let facts = NetworkFacts(of: network, image: experiment.image)
        try WeightFile.write(network.store.state, facts: facts.text, to: path)
    }
}
