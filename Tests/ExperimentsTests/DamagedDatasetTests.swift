// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Glibc
import Pipeline
import Synchronization
import Testing

@testable import Experiments

/// 10,000 training images of eight people, one of them cut off, beside a small drawn target.
///
/// Person 5 has two images, of different cameras: whenever the sampler comes to it, both are loaded, and it comes to
/// everybody in each pass of four batches of eight. One of the two is the damaged one.
private final class DamagedDataset {
    static let count = 10_000
    let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    let damaged: String

    init() throws {
        let world = SyntheticWorld(
            source: .init(identities: 1, imagesPerIdentity: 1, cameras: 1),
            target: .init(
                trainingIdentities: 4, minimumImagesPerIdentity: 3, maximumImagesPerIdentity: 3, singletons: 0,
                validationIdentities: 2, queriesPerIdentity: 1, galleryPerIdentity: 2, distractors: 0, cameras: 2),
            width: 32, height: 32)
        try world.write(to: folder)
        let train = folder + "/folder/train"
        try FileManager.default.createDirectory(atPath: train, withIntermediateDirectories: true)
        damaged = train + "/0005_c1_0.jpg"
        let image = try Image(width: 8, height: 8, red: 90, green: 140, blue: 40).jpeg()
        try write(Self.numbered(image, 0).dropLast(2), to: damaged)
        try write(Self.numbered(image, 1)[...], to: train + "/0005_c2_1.jpg")
        for number in 2..<Self.count {
            let person = [1, 2, 3, 4, 6, 7, 8][number % 7]
            try write(
                Self.numbered(image, number)[...], to: "\(train)/000\(person)_c\(number % 6 + 1)_\(number).jpg")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The image with a number in a comment behind its first marker, so that no two files are the same.
    private static func numbered(_ image: [UInt8], _ number: Int) -> [UInt8] {
        image[..<2] + [0xFF, 0xFE, 0, 4, UInt8(number >> 8), UInt8(number & 0xFF)] + image[2...]
    }

    private func write(_ bytes: ArraySlice<UInt8>, to path: String) throws {
        let file = try #require(fopen(path, "wb"))
        defer { fclose(file) }
        try #require(bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) } == bytes.count)
    }
}

// In the suite whose tests run one after the other, as they all compute.
extension `A whole pipeline` {
    /// Two epochs over all eight people.
    private func training(on dataset: DamagedDataset, _ policy: String) throws -> Experiment {
        try Experiment(
            Document.parse(
                """
                data: {source: folder, target: visda-target, location: {folder: \(dataset.folder)}}
                image: {height: 16, width: 16}
                backbone: resnet18
                on_bad_image: \(policy)
                stages:
                  - pretrain: {name: direct, images: source, networks: 1, epochs: 2, iterations: 4, batch: 8, warmup: 0,
                               milestones: [], padding: 2, auto_augment: false, evaluate_every: 0}
                """, file: "damaged.yaml"), name: "damaged")
    }

    @Test func `finds one damaged image among 10,000: named by the check, by the run once, and counted`() throws {
        let dataset = try DamagedDataset()
        let memory = dataset.folder + "/memory.txt"
        for isSecond in [false, true] {
            let check = try Dataset.folder.find(in: dataset.folder).check(memoryFile: memory)
            #expect(check.splits.map(\.images) == [DamagedDataset.count] && check.hasErrors)
            #expect(check.findings.map(\.kind) == [.damaged])
            #expect(check.findings.first?.paths == [dataset.damaged])
            #expect(check.readCount == (isSecond ? 0 : DamagedDataset.count))
        }

        let named = Mutex<[String]>([])
        func run(_ policy: String) throws -> RunResult {
            try Launch(
                training(on: dataset, policy), dataFolder: dataset.folder, weightFolders: [],
                cacheFolder: dataset.folder + "/cache", output: Nowhere(),
                warn: { text in named.withLock { $0.append(text) } }
            ).run(
                .new, logs: URL(fileURLWithPath: dataset.folder + "/logs"), until: nil, interruption: Interruption(),
                under: ConditionsOffer(threads: 1)
            ).result
        }
        let skipped = try run("skip")
        #expect(named.withLock { $0.count { $0.contains("'\(dataset.damaged)' is truncated") } } == 1)
        #expect(named.withLock { $0.count } == 1)
        #expect(skipped.stages.map { $0.metrics["bad_images"] } == [1])
        #expect(skipped.notes?.count == 1 && skipped.notes?.first?.contains(dataset.damaged) == true)

        // The default, which takes nothing over from a run that skipped.
        let error = #expect(throws: DataError.self) { try run("error") }
        guard case .truncated(dataset.damaged, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let logs = URL(fileURLWithPath: dataset.folder + "/logs")
        let failed = try #require(try RunFolder.runs(of: "damaged", in: logs).first?.result())
        #expect(failed.status == .failed && failed.error?.contains(dataset.damaged) == true)
    }
}
