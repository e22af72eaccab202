// SPDX-License-Identifier: MIT

import Data
import Foundation
import Reporting
import Tensor
import Testing

@testable import Experiments
@testable import Pipeline

/// A translation of 36 images, in batches of 32, whose attempts are left at moments that a test chooses.
@Suite(.serialized) final class `A translation that is left among its images` {
    private let folder = URL(fileURLWithPath: NSTemporaryDirectory() + "passerby-\(UUID().uuidString)")
    private let experiment: Experiment
    private let workspace: Workspace

    init() throws {
        let text =
            tinyData + """

                workers: 0
                stages:
                  - translate: {method: cyclegan, epochs: 1, iterations: 2, batch: 4, pool: 4, samples_every: 0,
                                generator_channels: 4, generator_blocks: 1, discriminator_channels: 4}
                """
        let drawn = try DrawnWorkspace(text, in: folder.appendingPathComponent("world").path)
        (experiment, workspace) = (drawn.experiment, drawn.workspace)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func stage(_ name: String) throws -> StageFolder {
        let plan = try experiment.plan(dataDigest: ContentDigest(of: "data"))
        return StageFolder(
            url: folder.appendingPathComponent(name), plan: plan.stages[0], key: plan.key(of: plan.stages[0]))
    }

    /// An attempt at the stage.
    ///
    /// - Parameter imageCount: Images after which it is left.
    private func attempt(_ stage: StageFolder, leavingAfter imageCount: Int) throws -> StageOutcome {
        try attempt(stage) { if $0 == imageCount { throw Interrupted(signal: .terminate) } }
    }

    /// An attempt that goes to the end.
    ///
    /// - Parameter moment: Is told, whenever the stage can be left, how many images this attempt has made.
    private func attempt(_ stage: StageFolder, _ moment: @escaping (Int) throws -> Void = { _ in }) throws -> StageOutcome {
        try stage.prepare()
        let images = stage.partial.appendingPathComponent("translated/image_train")
        let before = names(in: images).count
        let scope = StageScope(
            of: "tiny", stage: stage, earlier: [],
            events: EventLog(stage: "translate", sink: try EventSink(folder: RunFolder(url: folder), clock: .system)),
            progress: ProgressReporter(label: "translate", output: Nowhere()), checkpoints: CheckpointPolicy(),
            attempts: StageAttempts(stage.attempts, clock: .system), clock: .system
        ) {
            try moment(self.names(in: images).count - before)
        }
        return try experiment.stages[0].definition.run(in: scope, workspace)
    }

    private func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    /// What the device calls each image: one that is made again has another number.
    private func inodes(_ stage: StageFolder) throws -> [String: Int] {
        let images = stage.partial.appendingPathComponent("translated/image_train")
        return try Dictionary(
            uniqueKeysWithValues: names(in: images).map { name in
                let facts = try FileManager.default.attributesOfItem(atPath: images.appendingPathComponent(name).path)
                return (name, try #require(facts[.systemFileNumber] as? Int))
            })
    }

    private func digest(_ stage: StageFolder) throws -> ContentDigest {
        try ContentDigest(of: stage.partial.appendingPathComponent("translated"))
    }

    /// In the first batch, at its end, in the second and after the last image: 10, 32, 35 and 36; the last attempt makes
    /// none.
    @Test func `makes only what is missing, and ends with the same bytes`() throws {
        let whole = try stage("whole")
        let outcome = try attempt(whole)
        #expect(outcome.metrics == ["images": 36])
        let broken = try stage("broken")
        var kept: [String: Int] = [:]
        for count in [10, 22, 3, 1] {
            #expect(throws: Interrupted.self) { try attempt(broken, leavingAfter: count) }
            let now = try inodes(broken)
            #expect(now.count == kept.count + count && now.filter { kept[$0.key] != nil } == kept)
            kept = now
        }
        #expect(try attempt(broken) == outcome)
        let end = try inodes(broken)
        #expect(end.count == 36 && end.filter { kept[$0.key] != nil } == kept)
        #expect(try digest(broken) == digest(whole))
    }

    /// A kill leaves a part of a file under another name, a person whatever they like.
    @Test func `takes nothing for an image that is none`() throws {
        let (whole, broken) = try (stage("whole"), stage("broken"))
        _ = try attempt(whole)
        #expect(throws: Interrupted.self) { try attempt(broken, leavingAfter: 10) }
        let images = broken.partial.appendingPathComponent("translated/image_train")
        for name in [".0001_c1s1_1.jpg.partial", "0000_c1s1_1.jpg"] {
            try Foundation.Data("half".utf8).write(to: images.appendingPathComponent(name))
        }
        _ = try attempt(broken)
        #expect(try digest(broken) == digest(whole))
    }

    /// Where training ends otherwise, as on a card whose sums are in no order, none of its images is mixed with others.
    @Test func `begins anew with another generator`() throws {
        let (whole, broken) = try (stage("whole"), stage("broken"))
        _ = try attempt(whole)
        #expect(throws: Interrupted.self) { try attempt(broken, leavingAfter: 10) }
        let kept = try inodes(broken)
        let images = broken.partial.appendingPathComponent("translated/image_train")
        let name = try #require(kept.keys.sorted().first)
        try Foundation.Data("of another generator".utf8).write(to: images.appendingPathComponent(name))
        try Foundation.Data(ContentDigest(of: "another").hexadecimal.utf8)
            .write(to: GrowingArtefact.mark(of: images.deletingLastPathComponent()))
        _ = try attempt(broken)
        #expect(try digest(broken) == digest(whole))
    }

    @Test func `does not end where an image is gone, and makes that one then`() throws {
        let (whole, broken) = try (stage("whole"), stage("broken"))
        _ = try attempt(whole)
        let images = broken.partial.appendingPathComponent("translated/image_train")
        var gone = ""
        let error = #expect(throws: PipelineError.self) {
            try attempt(broken) { made in
                guard made == 10, gone.isEmpty else { return }
                gone = try #require(self.names(in: images).first)
                try FileManager.default.removeItem(at: images.appendingPathComponent(gone))
            }
        }
        #expect(
            error
                == .artefactDiffers(
                    path: images.deletingLastPathComponent().path, missing: ["image_train/\(gone)"], surplus: []))
        #expect(error?.exitKind == .resumable)
        _ = try attempt(broken)
        #expect(try digest(broken) == digest(whole))
    }
}
