// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Data
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Reporting

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Datasets: which are there, whether they are whole, and drawn ones.",
        subcommands: [ListDatasets.self, CheckDataset.self, Synthesise.self])
}

/// The folder that datasets are looked for in.
struct DataFolder: ParsableArguments {
    @Option(help: "The folder of the datasets, or that of one; data/ beside the program by default.")
    var root: String?

    /// As it was called, while other commands have a dataset under this name.
    @Option(help: .hidden)
    var data: String?

    mutating func validate() throws {
        guard root == nil || data == nil else {
            throw ValidationError("--data is --root by its old name; allowed: one of them")
        }
    }

    /// Its absolute path, so that what is kept about it does not depend on where the program was started.
    var path: String {
        ((root ?? data).map { URL(fileURLWithPath: $0) } ?? Home().data).standardizedFileURL.path
    }
}

struct ListDatasets: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows every dataset that can be read, and which are there.",
        discussion: """
            Nothing is counted here: the counts are the published ones, with which 'passerby data check' compares a dataset.
            """)

    @OptionGroup var folder: DataFolder

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let datasets = Dataset.allCases.map { DatasetOverview($0, in: folder.path) }
        if json {
            try printJSON(datasets)
        } else {
            let isThere = FileManager.default.fileExists(atPath: folder.path)
            print("looked in \(folder.path)\(isThere ? "" : ", which does not exist")")
            print(datasets.map(\.description).joined(separator: "\n"))
        }
    }
}

struct CheckDataset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Reads every image of a dataset and compares it with what was published.",
        discussion: """
            Images that are missing, damaged or fewer than published, and images or people that are both trained on \
            and tested, are errors: the exit code is 65. A dataset that is not there is code 69. Repeated images and other numbers of \
            people or cameras are warnings. A second check reads only files whose size or time has changed.
            """)

    @Argument(
        help: ArgumentHelp("One of \(datasetNames).", valueName: "dataset"), transform: knownDataset)
    var dataset: Dataset

    @OptionGroup var folder: DataFolder

    @Flag(help: "Read every image, whatever an earlier check found.")
    var fresh = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let found = try dataset.find(in: folder.path)
        let memory = CheckMemoryFile(of: found).url
        if fresh { try? FileManager.default.removeItem(at: memory) }
        let progress = LateProgress(label: "check", unit: "images", output: StandardError())
        let check = found.check(memoryFile: memory.path) { progress.show($0, of: $1) }.adding(found.scoringFindings)
        progress.finish()
        if json { try printJSON(check) } else { print(check) }
        if check.hasErrors { throw ExitCode(ExitKind.badData.rawValue) }
    }
}

/// The file that keeps what checks and plans found in a dataset's files, in the user's cache folder: data folders may be
/// read-only.
struct CheckMemoryFile {
    let url: URL

    init(of found: FoundDataset) {
        url = URL(fileURLWithPath: found.memoryFile(in: Home().checks))
    }
}

let datasetNames = Dataset.available.map(\.rawValue).joined(separator: ", ")

/// A dataset by its name; what its authors took back is known, and suggested nowhere.
func knownDataset(_ name: String) throws -> Dataset {
    guard let known = Dataset(rawValue: name) else {
        let letters = { (text: String) in text.lowercased().filter { $0.isLetter || $0.isNumber } }
        let meant = Dataset.available.first { letters($0.rawValue) == letters(name) }
        throw ValidationError(
            "'\(name)' is no dataset; \(meant.map { "did you mean '\($0.rawValue)'? " } ?? "")allowed: \(datasetNames)")
    }
    return known
}

struct Synthesise: ParsableCommand {
    private typealias Allowed = SyntheticWorld.Limits
    private static let usual = SyntheticWorld()

    static let configuration = CommandConfiguration(
        commandName: "synth", abstract: "Draws a synthetic world of pedestrians as JPEG files.",
        discussion: """
            The source has PersonX's layout, the target VisDA-2020's: give the folder to an experiment as \
            data.location={folder: PATH}. The same parameters draw the same bytes.
            """)

    @Argument(help: "The folder to write; it must not hold another world.")
    var folder: String

    @Option(help: "Source identities.", within: Allowed.sourceIdentities) var sourceIdentities = Self.usual.source.identities
    @Option(help: "Images of each source identity.", within: Allowed.images) var sourceImages = Self.usual.source
        .imagesPerIdentity
    @Option(help: "Source cameras.", within: Allowed.sourceCameras) var sourceCameras = Self.usual.source.cameras
    @Option(help: "Target training identities.", within: Allowed.targetIdentities) var targetIdentities = Self.usual.target
        .trainingIdentities
    @Option(help: "Fewest images of a target training identity.", within: Allowed.images)
    var fewestImages = Self.usual.target.minimumImagesPerIdentity
    @Option(help: "Most images of a target training identity.", within: Allowed.images) var mostImages = Self.usual.target
        .maximumImagesPerIdentity
    @Option(help: "Target training images of people seen once.", within: Allowed.loneImages)
    var singletons = Self.usual.target.singletons
    @Option(help: "Target validation identities.", within: Allowed.validationIdentities)
    var validationIdentities = Self.usual.target.validationIdentities
    @Option(help: "Queries of each validation identity.", within: Allowed.queries) var queries = Self.usual.target
        .queriesPerIdentity
    @Option(help: "Gallery images of each validation identity.", within: Allowed.gallery) var gallery = Self.usual.target
        .galleryPerIdentity
    @Option(help: "Gallery images of nobody.", within: Allowed.loneImages) var distractors = Self.usual.target.distractors
    @Option(help: "Target cameras.", within: Allowed.targetCameras) var targetCameras = Self.usual.target.cameras
    @Option(help: "Identities of a test set without names, 0 for none.", within: 0...Allowed.testIdentities.upperBound)
    var testIdentities = 0
    @Option(help: "Width of the images in pixels.", within: Allowed.width) var width = Self.usual.width
    @Option(help: "Height of the images in pixels.", within: Allowed.height) var height = Self.usual.height
    @Option(help: "How far the target is from the source.", within: Allowed.gap) var gap = Self.usual.gap
    @Option(help: "Seed of the drawing.", within: Limits.seed) var seed = Self.usual.seed

    mutating func validate() throws {
        let problems = world.problems()
        guard problems.isEmpty else { throw ValidationError(problems.map(\.description).joined(separator: "; ")) }
    }

    private var world: SyntheticWorld {
        SyntheticWorld(
            source: .init(identities: sourceIdentities, imagesPerIdentity: sourceImages, cameras: sourceCameras),
            target: .init(
                trainingIdentities: targetIdentities, minimumImagesPerIdentity: fewestImages,
                maximumImagesPerIdentity: mostImages, singletons: singletons,
                validationIdentities: validationIdentities, queriesPerIdentity: queries,
                galleryPerIdentity: gallery, distractors: distractors, cameras: targetCameras,
                testIdentities: testIdentities == 0 ? nil : testIdentities),
            width: width, height: height, gap: gap, seed: seed)
    }

    func run() throws {
        let world = self.world
        try OutputFolder.check(URL(fileURLWithPath: folder), option: "FOLDER")
        let progress = ProgressReporter(label: "synth", output: StandardError())
        progress.begin(total: world.imageCount, unit: "images")
        try world.write(to: folder) { _, _ in progress.advance() }
        print("\(counted(world.imageCount, "image")) in \(folder)")
    }
}
