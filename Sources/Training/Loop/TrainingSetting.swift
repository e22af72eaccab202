// SPDX-License-Identifier: MIT

public import Randomness
public import Retrieval

/// What every method is handed beside its own numbers.
public struct TrainingSetting: Sendable {
    /// The source domain's images; nothing where the target is learnt from alone.
    public var source: SourceImages?
    public var target: TargetImages
    public var images: ImageSource
    public var validation: Validation
    /// What everything that is drawn is derived from.
    public var random: RandomKey
    /// How neighbours are searched where a method clusters.
    public var search = SearchStrategy.exact
    /// Whether the device repeats steps instead of being given each of them, see ``StepGraph``.
    public var repeatsSteps = false

    public init(
        source: SourceImages?, target: TargetImages, images: ImageSource, validation: Validation, random: RandomKey
    ) {
        self.source = source
        self.target = target
        self.images = images
        self.validation = validation
        self.random = random
    }

    /// What takes a training's steps.
    package func stepGraph(in scope: any TrainingScope) -> StepGraph {
        StepGraph(isOn: repeatsSteps, warn: scope.warn)
    }

    /// The source domain's images, for a method that cannot do without.
    ///
    /// - Throws: ``MethodError/noSource``.
    public func requireSource() throws(MethodError) -> SourceImages {
        guard let source else { throw .noSource }
        return source
    }
}
