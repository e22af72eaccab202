// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// A batch of each domain, and what the generators make of it: `[B, 3, H, W]` each, on the translation's scale.
struct CyclePass {
    /// A, the source.
    let source: Tensor
    /// B, the target.
    let target: Tensor
    /// G_A of the source.
    let fakeB: Tensor
    /// G_B of the target.
    let fakeA: Tensor
}

extension CyclePass {
    init(_ players: TranslationPlayers, source: Tensor, target: Tensor) throws {
        self.source = source
        self.target = target
        fakeB = try players.toTarget(source)
        fakeA = try players.toSource(target)
    }
}

/// The game of a CycleGAN.
///
/// - SeeAlso: Zhu et al., ICCV 2017, arXiv:1703.10593, §3 and §5.2 (identity).
extension TranslationPlayers {
    // MARK: The generators

    /// What fakes lack of being taken for real. The discriminators need no gradient for that.
    func adversarial(_ pass: CyclePass) throws -> Tensor {
        for store in [judgeOfTarget.store, judgeOfSource.store] { try store.record(false) }
        return try leastSquaresAdversarial(judgeOfTarget(pass.fakeB), real: true)
            + leastSquaresAdversarial(judgeOfSource(pass.fakeA), real: true)
    }

    /// What is lost on the way there and back.
    func cycle(_ pass: CyclePass) throws -> Tensor {
        try meanAbsoluteDifference(toSource(pass.fakeB), pass.source)
            + meanAbsoluteDifference(toTarget(pass.fakeA), pass.target)
    }

    /// What a generator changes of images that are of its own domain already.
    func identity(_ pass: CyclePass) throws -> Tensor {
        try meanAbsoluteDifference(toTarget(pass.target), pass.target)
            + meanAbsoluteDifference(toSource(pass.source), pass.source)
    }

    /// One step of both generators.
    func moveGenerators(against loss: Tensor, _ settings: AdamStep) throws {
        try generatorOptimiser.differentiate(loss)
        try generatorOptimiser.step(settings)
    }

    // MARK: The discriminators

    /// One step of both discriminators, on real images and on fakes that were made before the generators' step, half of
    /// them from the pools.
    ///
    /// - Parameter random: What is taken from the pools.
    /// - Returns: The loss.
    func moveDiscriminators(
        _ pass: CyclePass, _ random: inout RandomStream, _ settings: AdamStep
    ) throws -> Tensor {
        for store in [judgeOfTarget.store, judgeOfSource.store] { try store.record(true) }
        let loss =
            try 0.5
            * (leastSquaresAdversarial(judgeOfTarget(pass.target), real: true)
                + leastSquaresAdversarial(judgeOfTarget(poolB.query(pass.fakeB, &random)), real: false)
                + leastSquaresAdversarial(judgeOfSource(pass.source), real: true)
                + leastSquaresAdversarial(judgeOfSource(poolA.query(pass.fakeA, &random)), real: false))
        try discriminatorOptimiser.differentiate(loss)
        try discriminatorOptimiser.step(settings)
        return loss
    }
}
