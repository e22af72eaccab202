// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Data
internal import Foundation
internal import Pipeline

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Datasets.", subcommands: [Synthesise.self])
}

struct Synthesise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synth", abstract: "Draws a synthetic world of pedestrians as JPEG files.",
        discussion: """
            The source has PersonX's layout, the target VisDA-2020's: give the folder to an experiment as \
            data.location={folder: PATH}. The same parameters draw the same bytes.
            """)

    @Argument(help: "The folder to write; it must not hold another world.")
    var folder: String

    @Option(help: "Source identities.") var sourceIdentities = 60
    @Option(help: "Images of each source identity.") var sourceImages = 18
    @Option(help: "Source cameras.") var sourceCameras = 6
    @Option(help: "Target training identities.") var targetIdentities = 60
    @Option(help: "Fewest images of a target training identity.") var fewestImages = 4
    @Option(help: "Most images of a target training identity.") var mostImages = 12
    @Option(help: "Target training images of people seen once.") var singletons = 40
    @Option(help: "Target validation identities.") var validationIdentities = 40
    @Option(help: "Queries of each validation identity.") var queries = 2
    @Option(help: "Gallery images of each validation identity.") var gallery = 8
    @Option(help: "Gallery images of nobody.") var distractors = 60
    @Option(help: "Target cameras, 2 to 5.") var targetCameras = 5
    @Option(help: "Width of the images in pixels.") var width = 64
    @Option(help: "Height of the images in pixels.") var height = 128
    @Option(help: "How far the target is from the source, 0 to 1.5.") var gap = 1.0
    @Option(help: "Seed of the drawing.") var seed: UInt64 = 1

    func run() throws {
        let world = SyntheticWorld(
            source: .init(identities: sourceIdentities, imagesPerIdentity: sourceImages, cameras: sourceCameras),
            target: .init(
                trainingIdentities: targetIdentities, minimumImagesPerIdentity: fewestImages,
                maximumImagesPerIdentity: mostImages, singletons: singletons,
                validationIdentities: validationIdentities, queriesPerIdentity: queries,
                galleryPerIdentity: gallery, distractors: distractors, cameras: targetCameras),
            width: width, height: height, gap: gap, seed: seed)
        let progress = ProgressReporter(label: "synth", output: StandardError())
        _ = try world.validated()
        progress.begin(total: world.imageCount, unit: "images")
        try world.write(to: folder) { _, _ in progress.advance() }
        print("\(world.imageCount) images in \(folder)")
    }
}
