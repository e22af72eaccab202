// SPDX-License-Identifier: MIT

import Testing

@testable import Experiments
@testable import Training

extension TracedMethod {
    /// The first by name of the losses that a step on images has.
    fileprivate var firstLoss: String {
        switch self {
        case .sourcePretraining, .clusteringBaseline, .mutualMeanTeaching: "identity"
        case .translation, .translationOfTwoEncoders, .cycleGAN, .spgan: "adversarial"
        case .mutualArcFace, .mutualCosFace, .mutualCircle, .mutualAM, .mutualTriplets: "contrastive"
        case .cameraNetwork: "camera"
        case .spclAdaptation: "source"
        case .spclUnsupervised: "target"
        case .clusterContrastMean, .clusterContrastHard: "contrast"
        }
    }
}

@Suite(.serialized) struct `A training on images that are no numbers` {
    /// The images of the second epoch's first step are not numbers, and so are all losses.
    @Test(arguments: TracedMethod.allCases)
    func `stops at a step whose losses are not numbers, and says which loss it was`(method: TracedMethod) throws {
        let wanted = MethodError.notFinite(loss: method.firstLoss, epoch: 1, step: 0)
        #expect(throws: wanted) {
            try TraceInputs.$poisonedStep.withValue(TraceInputs.iterations) { try method.train { _ in true } }
        }
    }
}
