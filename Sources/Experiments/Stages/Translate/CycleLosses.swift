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
    /// - Parameters:
    ///   - source, target: `[B, 3, H, W]` each.
    init(_ players: TranslationPlayers, source: Tensor, target: Tensor) throws {
        self.source = source
        self.target = target
        fakeB = try players.toTarget(source)
        fakeA = try players.toSource(target)
    }

    /// The same images, through which no gradient reaches the generators.
    func detached() throws -> CyclePass {
        try CyclePass(source: source, target: target, fakeB: fakeB.detached(), fakeA: fakeA.detached())
    }
}

/// What the generators lose in a step, by name, and the sum of it that they go down.
struct GeneratorLosses {
    private(set) var terms: [String: Tensor]
    private(set) var sum: Tensor

    /// The same and one more, so heavy.
    func adding(_ name: String, _ weight: Double, _ loss: Tensor) throws -> GeneratorLosses {
        var all = self
        all.terms[name] = loss
        all.sum = try sum + weight * loss
        return all
    }
}

/// The game of a CycleGAN.
///
/// - SeeAlso: Zhu et al., ICCV 2017, arXiv:1703.10593, §3 and §5.2 (identity).
extension TranslationPlayers {
    // MARK: The generators

    /// What every such game has, the adversarial loss with the weight 1.
    func generatorLosses(_ pass: CyclePass, cycleWeight: Double, identityWeight: Double) throws -> GeneratorLosses {
        let adversarial = try adversarial(pass)
        return try GeneratorLosses(terms: ["adversarial": adversarial], sum: adversarial)
            .adding("cycle", cycleWeight, cycle(pass)).adding("identity", identityWeight, identity(pass))
    }

    /// What fakes lack of being taken for real. The discriminators need no gradient for that.
    private func adversarial(_ pass: CyclePass) throws -> Tensor {
        for store in [judgeOfTarget.store, judgeOfSource.store] { try store.record(false) }
        return try leastSquaresAdversarial(judgeOfTarget(pass.fakeB), real: true)
            + leastSquaresAdversarial(judgeOfSource(pass.fakeA), real: true)
    }

    /// What is lost on the way there and back.
    private func cycle(_ pass: CyclePass) throws -> Tensor {
        try meanAbsoluteDifference(toSource(pass.fakeB), pass.source)
            + meanAbsoluteDifference(toTarget(pass.fakeA), pass.target)
    }

    /// What a generator changes of images that are of its own domain already.
    private func identity(_ pass: CyclePass) throws -> Tensor {
        try meanAbsoluteDifference(toTarget(pass.target), pass.target)
            + meanAbsoluteDifference(toSource(pass.source), pass.source)
    }

    /// One step of both generators.
    ///
    /// - Parameters:
    ///   - images: A batch of the source and one of the target, then what else differs from step to step.
    ///   - losses: What the generators lose; handed what they made, and what else there was.
    /// - Returns: What they made before the step, without gradients, and the losses' terms.
    func moveGenerators(
        _ images: [Tensor], _ settings: AdamStep,
        losses: (_ pass: CyclePass, _ besides: [Tensor]) throws -> GeneratorLosses
    ) throws -> (pass: CyclePass, terms: [String: Tensor]) {
        let played = try playing(images) { inputs in
            let pass = try CyclePass(self, source: inputs[0], target: inputs[1])
            let lost = try losses(pass, Array(inputs.dropFirst(2)))
            try generatorOptimiser.differentiate(lost.sum)
            return try (pass.detached(), lost.terms.mapValues { try $0.detached() })
        }
        try generatorOptimiser.step(settings)
        return played
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
        let shownB = try poolB.query(pass.fakeB, &random)
        let shownA = try poolA.query(pass.fakeA, &random)
        let loss = try judging([pass.target, shownB, pass.source, shownA]) { inputs in
            for store in [judgeOfTarget.store, judgeOfSource.store] { try store.record(true) }
            let loss = try discriminatorLoss(target: inputs[0], fakeB: inputs[1], source: inputs[2], fakeA: inputs[3])
            try discriminatorOptimiser.differentiate(loss)
            return try loss.detached()
        }
        try discriminatorOptimiser.step(settings)
        return loss
    }

    private func discriminatorLoss(target: Tensor, fakeB: Tensor, source: Tensor, fakeA: Tensor) throws -> Tensor {
        try 0.5
            * (leastSquaresAdversarial(judgeOfTarget(target), real: true)
                + leastSquaresAdversarial(judgeOfTarget(fakeB), real: false)
                + leastSquaresAdversarial(judgeOfSource(source), real: true)
                + leastSquaresAdversarial(judgeOfSource(fakeA), real: false))
    }
}
