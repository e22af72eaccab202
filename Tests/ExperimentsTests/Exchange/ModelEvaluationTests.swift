// SPDX-License-Identifier: MIT

import Backbones
import Data
import Foundation
import Pipeline
import Randomness
import Retrieval
import Testing
import Training

@testable import Experiments

@Suite struct `The evaluation of a trained model` {
    private func world() throws -> (path: String, validation: Validation) {
        let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        let target = SyntheticWorld.Target(
            trainingIdentities: 1, minimumImagesPerIdentity: 1, maximumImagesPerIdentity: 1, singletons: 0,
            validationIdentities: 3, queriesPerIdentity: 1, galleryPerIdentity: 2, distractors: 1, cameras: 3)
        try SyntheticWorld(
            source: .init(identities: 1, imagesPerIdentity: 1, cameras: 1), target: target, width: 16, height: 32, seed: 3
        ).write(to: path)
        let found = try Dataset.visdaTarget.find(in: path)
        let images = ImageSource(size: ImageSize(height: 32, width: 16), workers: 0)
        return (
            path,
            Validation(
                query: try found.labelled(.query), gallery: try found.labelled(.gallery), rankingProtocol: .visda2020,
                extractor: FeatureExtractor(images))
        )
    }

    @Test func `has a row for every step, and tells of as many forward passes as it announces`() throws {
        let (path, validation) = try world()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: RandomKey(seed: 1))
        for (flip, camera, reRanking) in [
            (false, false, false), (true, false, false), (false, true, false), (true, true, true), (false, false, true),
        ] {
            var config = PostProcessing.Config()
            config.flip = flip
            config.reRanking = reRanking ? PostProcessing.ReRanking() : nil
            config.reRanking?.neighbours = 4
            config.reRanking?.expansion = 2
            let evaluation = ModelEvaluation(of: network, camera: camera ? network : nil, config, on: validation)
            var passes = 0
            let rows = try evaluation.rows { passes += $0 }
            #expect(passes == evaluation.passes)
            let steps = [(flip, "+ flip"), (camera, "+ camera"), (reRanking, "+ re-ranking")]
            #expect(rows.map(\.name) == ["as trained"] + steps.filter(\.0).map(\.1))
        }
    }
}
