// SPDX-License-Identifier: MIT

import Layers

@testable import Experiments
@testable import Training

/// Every method that trains something, with what changes its formulas. A case has a file `Fixtures/traces/CASE.json` from
/// `make_traces.py`, and an arm in ``train(by:_:)``; without both the tests fail.
enum TracedMethod: String, CaseIterable {
    case sourcePretraining
    case translation
    case translationOfTwoEncoders
    case cycleGAN
    case spgan
    case mutualArcFace
    case mutualCosFace
    case mutualCircle
    case mutualAM
    case mutualTriplets
    case mutualMeanTeaching
    case cameraNetwork
    case clusteringBaseline
    case spclAdaptation
    case spclUnsupervised
    case clusterContrastMean
    case clusterContrastHard

    /// Takes steps for as long as what they come to is right.
    ///
    /// - Parameter graph: What takes them.
    func train(by graph: StepGraph = StepGraph(isOn: false), _ isRight: StepCheck) throws {
        switch self {
        case .sourcePretraining: try sourcePretrainingTrace(graph, isRight)
        case .cameraNetwork: try cameraNetworkTrace(graph, isRight)
        case .clusteringBaseline: try clusteringBaselineTrace(graph, isRight)
        case .clusterContrastMean: try clusterContrastTrace(.mean, graph, isRight)
        case .clusterContrastHard: try clusterContrastTrace(.hard, graph, isRight)
        case .translation: try translationTrace(graph, isRight)
        case .translationOfTwoEncoders: try translationTrace(targetEncoder: "target encoder ", graph, isRight)
        case .cycleGAN: try cycleGANTrace(graph, isRight)
        case .spgan: try spganTrace(graph, isRight)
        case .mutualArcFace: try mutualTrace(.arcface(scale: 64, margin: 0.35), epochs: 4, graph, isRight)
        case .mutualCosFace: try mutualTrace(.cosface(scale: 30, margin: 0.4), graph, isRight)
        case .mutualCircle: try mutualTrace(.circle(scale: 64, margin: 0.35), graph, isRight)
        case .mutualAM: try mutualTrace(.am(scale: 30, margin: 0.3), graph, isRight)
        case .spclAdaptation: try selfPacedTrace(hasSource: true, epochs: 4, graph, isRight)
        case .spclUnsupervised: try selfPacedTrace(hasSource: false, epochs: 2, graph, isRight)
        case .mutualMeanTeaching: try mmtTrace(graph, isRight)
        case .mutualTriplets: try mutualTrace(.arcface(scale: 30, margin: 0.3), tripletWeight: 0.8, graph, isRight)
        }
    }
}

extension Head {
    /// The trace that a head is part of; a new head does not compile without one.
    var trace: TracedMethod {
        switch self {
        case .linear: .sourcePretraining
        case .arcface: .mutualArcFace
        case .cosface: .mutualCosFace
        case .circle: .mutualCircle
        case .am: .mutualAM
        }
    }
}
