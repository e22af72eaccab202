// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Reporting
import Testing

@testable import Experiments

/// A translation and a pre-training on what it makes, on 36 images of 32 × 32 pixels.
private func text(_ translation: String) -> String {
    tinyData + """

        stages:
          - translate: \(translation)
          - pretrain: {networks: 1, epochs: 1, iterations: 2, batch: 8, warmup: 0, milestones: [], padding: 2,
                       auto_augment: false, evaluate_every: 0}
        """
}

private let cycleGAN = """
    {method: cyclegan, epochs: 3, iterations: 2, batch: 4, constant_epochs: 3, decay_epochs: 0, pool: 4,
     generator_channels: 4, generator_blocks: 1, discriminator_channels: 4, samples_every: 2}
    """

/// Runs in folders of its own, which are removed with it.
private final class Runs {
    let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func launch(_ translation: String, _ overrides: [String] = []) throws -> Launch {
        let document = try Document.overriding(Document.parse(text(translation), file: "x.yaml"), with: overrides)
        return Launch(
            try Experiment(document, name: "x"), dataFolder: folder + "/data", weightFolders: [],
            cacheFolder: folder + "/cache", memoryFolder: folder + "/memory", output: Nowhere(), warn: { _ in })
    }

    func run(_ translation: String, _ overrides: [String] = []) throws -> (folder: RunFolder, result: RunResult) {
        try launch(translation, overrides).run(
            .new, logs: URL(fileURLWithPath: folder + "/logs"), until: nil, interruption: Interruption(),
            under: ConditionsOffer(threads: 1))
    }
}

@Suite(.serialized) struct `A translation stage` {
    private let runs = Runs()

    /// Eight images beside each other: source, translated, and back; in the second epoch, and in the last.
    @Test func `leaves pictures that nothing depends on`() throws {
        let (folder, result) = try runs.run(cycleGAN)
        let pictures = folder.stageFolder("translate").appendingPathComponent("samples")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: pictures.path).sorted()
                == ["translation-0002.png", "translation-0003.png"])
        let picture = try Image.decode(contentsOf: pictures.appendingPathComponent("translation-0003.png").path)
        #expect(picture.width == 8 * 32 && picture.height == 3 * 32)
        let source = try Datasets(DataChoice(), root: world()).source
        for (column, index) in (0..<8).map({ ($0, $0 * source.count / 8) }) {
            #expect(tile(picture, column: column) == (try Image.decode(contentsOf: source[index].path)).pixels)
        }

        // Neither keys nor results know of them: another rhythm finds the stages done.
        let again = try runs.run(cycleGAN, ["translate.samples_every=0"])
        #expect(again.result.stages.map(\.reused) == [true, true] && again.result.rows == result.rows)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: again.folder.samples(of: "translate").path).sorted()
                == ["translation-0002.png", "translation-0003.png"])
        let fresh = Runs()
        let without = try fresh.run(cycleGAN, ["translate.samples_every=0"])
        #expect(try states(without.folder) == states(folder) && without.result.rows == result.rows)
    }

    private func states(_ folder: RunFolder) throws -> [String: ContentDigest] {
        let manifest = folder.stageFolder("translate").appendingPathComponent("manifest.json")
        struct Manifest: Decodable { let states: [String: ContentDigest] }
        return try JSONDecoder().decode(Manifest.self, from: Foundation.Data(contentsOf: manifest)).states
    }

    /// The folder of the drawn world.
    private func world() throws -> String {
        let drawn = runs.folder + "/data/synthetic"
        let names = try FileManager.default.contentsOfDirectory(atPath: drawn)
        return "\(drawn)/\(try #require(names.first))"
    }

    /// The pixels of an image of the first row.
    private func tile(_ picture: Image, column: Int) -> [UInt8] {
        (0..<32).flatMap { line in
            let first = (line * picture.width + column * 32) * 3
            return picture.pixels[first..<first + 32 * 3]
        }
    }

    /// The same images give the same numbers, whoever says that they are translated; what they hold is the key.
    @Test func `may be somebody else's images`() throws {
        let own = try runs.run(cycleGAN)
        let translated = own.folder.stageFolder("translate").appendingPathComponent("translated").path
        let elsewhere = runs.folder + "/personX_sda"
        try FileManager.default.copyItem(atPath: translated, toPath: elsewhere)
        let existing = "{method: existing, folder: \(elsewhere)}"
        let (folder, result) = try runs.run(existing)
        #expect(result.rows == own.result.rows && result.rows.count == 1)
        #expect(result.stages[0].metrics == ["images": 36, "unused": 0])
        let copied = folder.stageFolder("translate").appendingPathComponent("translated").path
        #expect(FileManager.default.contentsEqual(atPath: copied, andPath: elsewhere))

        func keys(_ place: String) throws -> [StageKey] {
            let plan = try runs.launch("{method: existing, folder: \(place)}").plan()
            return plan.stages.map { plan.key(of: $0) }
        }
        let before = try keys(elsewhere)
        try FileManager.default.moveItem(atPath: elsewhere, toPath: runs.folder + "/moved")
        #expect(try keys(runs.folder + "/moved") == before)
        let moved = try images(in: runs.folder + "/moved")
        let image = try #require(moved.first)
        try Foundation.Data(Image(width: 32, height: 32, red: 9, green: 9, blue: 9).png())
            .write(to: URL(fileURLWithPath: image))
        let after = try keys(runs.folder + "/moved")
        #expect(zip(before, after).allSatisfy { $0 != $1 })
        // A PNG under a JPEG's name, as the content decides.
        #expect(
            try runs.run("{method: existing, folder: \(runs.folder)/moved}").result.stages.map(\.reused) == [false, false])
    }

    private func images(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }.sorted()
            .map { "\(folder)/\($0)" }
    }
}

@Suite struct `Images that were translated elsewhere` {
    private let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    /// Files of these names, and the images that they make.
    private func existing(_ names: [String]) throws -> ExistingImages {
        for name in names {
            let file = URL(fileURLWithPath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Foundation.Data(name.utf8).write(to: file)
        }
        return try ExistingImages(in: folder, memoryFolder: nil, skipsUnreadable: false) { _, _ in }
    }

    @Test func `are found by name, in any folder below and whatever their ending`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let images = try existing(["image_train/0001_c1s1_1.png", "0002_c1s1_2.jpg", "extra.jpg"])
        #expect(
            try images.translations(of: ["/data/0002_c1s1_2.jpg", "/data/0001_c1s1_1.jpg"])
                == ["\(folder)/0002_c1s1_2.jpg", "\(folder)/image_train/0001_c1s1_1.png"])
    }

    @Test func `must be there for each of the source's, and only once`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let originals = (1...9).map { "/data/000\($0).jpg" }
        let missing = #expect(throws: ExistingImagesError.self) {
            try existing(["0002.jpg", "a/0003.png"]).translations(of: originals)
        }
        #expect(
            missing?.description
                == "'\(folder)' has no translation of 7 of 9 source images: 0001, 0004, 0005, 0006, 0007, …; there are 2 "
                + "images, and each source image needs one of its name")
        let several = #expect(throws: ExistingImagesError.self) {
            try existing(["b/0003.jpg"]).translations(of: originals)
        }
        #expect(
            several?.description
                == "'\(folder)' has several translations of '0003': 'a/0003.png', 'b/0003.jpg'; allowed: one")
        #expect(missing?.exitKind == .badData && several?.exitKind == .badData)
        // What no source image is called may be there as often as it likes.
        _ = try existing(["x.jpg", "b/x.png"]).translations(of: ["/data/0002.jpg"])
    }

    @Test func `lie relative to the experiment's file`() throws {
        func folders(_ path: String) throws -> Set<String> {
            let text = text("{method: existing, folder: \(path)}")
            return try Experiment(Document.parse(text, file: "own/x.yaml"), name: "x").imageFolders
        }
        #expect(try folders("/disk/personX_sda") == ["/disk/personX_sda"])
        #expect(try folders("data") == ["own/data"])
        #expect(try folders("../data/personX_sda") == ["own/../data/personX_sda"])
    }

    @Test func `are asked for where a file names none, or a folder that is not there`() throws {
        let report = #expect(throws: ConfigurationError.self) {
            try Experiment(Document.parse(text("{method: existing}"), file: "x.yaml"), name: "x")
        }
        #expect(
            report?.problems.map { "\($0)" }.first?.hasSuffix(
                "translate.folder: 'translate' takes images that were translated elsewhere; allowed: folder: PATH") == true,
            "\(String(describing: report))")
        let error = #expect(throws: DataError.self) {
            try Runs().launch("{method: existing, folder: /nowhere/personX_sda}").plan()
        }
        #expect(
            error?.description == """
                no folder of translated images found. Looked for:
                  '/nowhere/personX_sda'
                Accepted:
                  FOLDER/image_train/0001_c3s1_24.jpg, or any folder with images of the source's names
                """)
    }

    /// The name of the dataset's list decides which image it stands for, so it must not be another's too.
    @Test func `cannot be told apart where two of the source's have one name`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let images = try existing(["a.jpg"])
        #expect(
            throws: DataError.malformedName(path: "/data/2/a.png", expected: "a name that no other source image has")
        ) { try images.translations(of: ["/data/1/a.jpg", "/data/2/a.png"]) }
    }

    @Test func `that cannot be read end the stage, or are left out and counted`() throws {
        let runs = Runs()
        let first = try runs.run(cycleGAN)
        let elsewhere = runs.folder + "/elsewhere"
        try FileManager.default.copyItem(
            atPath: first.folder.stageFolder("translate").appendingPathComponent("translated").path, toPath: elsewhere)
        let files = try FileManager.default.subpathsOfDirectory(atPath: elsewhere).sorted()
        let name = try #require(files.first { $0.hasSuffix(".jpg") })
        let bytes = try Foundation.Data(contentsOf: URL(fileURLWithPath: "\(elsewhere)/\(name)"))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: "\(elsewhere)/\(name)"))
        let existing = "{method: existing, folder: \(elsewhere)}"
        let error = #expect(throws: DataError.self) { try runs.run(existing) }
        guard case .truncated("\(elsewhere)/\(name)", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let result = try runs.run(existing, ["on_bad_image=skip"]).result
        #expect(result.stages[0].metrics == ["images": 35, "unused": 0, "bad_images": 1])
    }
}

/// Two networks of the source, one of them adapted further, and a translation that may take either.
private let encoded =
    tinyData + """

        stages:
          - pretrain: {name: direct, images: source, networks: 1}
          - adapt: {name: adapted, method: clustering-baseline, batch: 16}
          - translate: {batch: 8, encoder: direct}
        """

@Suite struct `The encoders of a translation by SDA` {
    private func plan(_ overrides: [String] = []) throws -> Plan {
        try Experiment(Document.overriding(Document.parse(encoded, file: "x.yaml"), with: overrides), name: "x")
            .plan(dataDigest: ContentDigest(of: "data"))
    }

    private func key(_ overrides: [String] = []) throws -> StageKey {
        let plan = try plan(overrides)
        return plan.key(of: plan.stages[2])
    }

    /// What was translated with one encoder stays what it was; which of the two sees what decides the rest.
    @Test func `are one network where no other is named, or the same`() throws {
        #expect(try plan().stages[2].inputs == ["data", "direct"])
        #expect(try key(["translate.target_encoder=direct"]) == key() && key(["translate.target_encoder=null"]) == key())
        let two = try plan(["translate.target_encoder=adapted"])
        #expect(two.stages[2].inputs == ["data", "direct", "adapted"])
        let exchanged = try key(["translate.encoder=adapted", "translate.target_encoder=direct"])
        #expect(Set([try key(), two.key(of: two.stages[2]), exchanged]).count == 3)
        // What the file says is said again.
        let document = try Document.overriding(
            Document.parse(encoded, file: "x.yaml"), with: ["translate.target_encoder=adapted"])
        let experiment = try Experiment(document, name: "x")
        #expect(try Experiment(experiment.document, name: "x").plan(dataDigest: ContentDigest(of: "data")) == two)
    }

    @Test func `are stages before it that leave networks`() throws {
        let error = #expect(throws: ConfigurationError.self) { try plan(["translate.target_encoder=later"]) }
        #expect(
            error?.problems.map { "\($0)" }.first?.hasSuffix(
                "translate.target_encoder: 'later' is no earlier stage that leaves networks; allowed: direct, adapted")
                == true, "\(String(describing: error))")
        let both = #expect(throws: ConfigurationError.self) {
            try plan(["translate.encoder=one", "translate.target_encoder=other"])
        }
        #expect(both?.problems.count == 2)
    }
}
