// SPDX-License-Identifier: MIT

import Backbones
import Data
import Layers
import Randomness
import Retrieval
import Testing
import Vocabulary

@testable import Experiments
@testable import Tensor
@testable import Training

@Suite struct `Relabelling` {
    private func targets(_ count: Int) -> [Sample] {
        TargetImages((0..<count).map { UnlabelledImage(path: "\($0).jpg", camera: Camera(rawValue: 10 + $0)) }).samples
    }

    /// Clusters 0 and 1 follow the source's six classes, 0 … 5.
    @Test func `leaves outliers out, and numbers clusters after the source's classes, in the images' order`() {
        let samples = targets(5).labelled(by: ClusterLabels(values: [1, -1, 0, 1, -1]), after: 6)
        #expect(samples.map(\.path) == ["0.jpg", "2.jpg", "3.jpg"])
        #expect(samples.map(\.label) == [7, 6, 7])
        #expect(samples.map(\.camera.rawValue) == [10, 12, 13])
    }

    @Test func `of outliers alone leaves nothing`() {
        #expect(targets(2).labelled(by: ClusterLabels(values: [-1, -1])).isEmpty)
    }

    @Test func `keeps each classifier's own rows of the source, and begins clusters at their centroids`() throws {
        let shape = NetworkShape(backbone: .resnet18)
        let blank = try EmbeddingNetwork(shape, random: nil).store.state
        var pair = try MutualPair(
            shape, from: blank, keptClasses: 2, head: .arcface(scale: 64, margin: 0.35), random: RandomKey(seed: 1))
        #expect(try pair.studentClassifier.weight.floats() == pair.meanClassifier.weight.floats())
        let width = 512
        try pair.studentClassifier.weight.copy(from: Tensor.full(2, shape: [2, width]))
        try pair.meanClassifier.weight.copy(from: Tensor.full(3, shape: [2, width]))
        for clusters in [3, 1] {
            // Cluster k points along coordinate k.
            let rows = (0..<clusters).flatMap { row in (0..<width).map { $0 == row ? Float(1) : 0 } }
            let centroids = try Features<Raw>(rows, count: clusters, dimension: width).normalised()
            try pair.relabel(centroids)
            for (classifier, kept) in [(pair.studentClassifier, Float(2)), (pair.meanClassifier, 3)] {
                #expect(classifier.weight.shape == [2 + clusters, width])
                #expect(try classifier.weight.floats() == [Float](repeating: kept, count: 2 * width) + rows)
            }
            #expect(pair.studentClassifier.weight.requiresGradient)
            #expect(!pair.meanClassifier.weight.requiresGradient)
        }
    }

    @Test func `without a source gives classifiers the clusters' rows alone`() throws {
        let shape = NetworkShape(backbone: .resnet18)
        let blank = try EmbeddingNetwork(shape, random: nil).store.state
        var pair = try MutualPair(shape, from: blank, head: .linear, random: RandomKey(seed: 1))
        for clusters in [3, 2] {
            let rows = (0..<clusters).flatMap { row in (0..<512).map { $0 == row ? Float(1) : 0 } }
            try pair.relabel(Features<Raw>(rows, count: clusters, dimension: 512).normalised())
            for classifier in [pair.studentClassifier, pair.meanClassifier] {
                #expect(try classifier.weight.shape == [clusters, 512] && classifier.weight.floats() == rows)
            }
            #expect(pair.studentClassifier.weight.requiresGradient && !pair.meanClassifier.weight.requiresGradient)
        }
    }
}
