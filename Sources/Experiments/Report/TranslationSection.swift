// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pages

/// What translations make of the source's images, beside images of the target.
struct TranslationSection {
    private let run: ReportedRun
    private let budget: PictureBudget

    init(_ run: ReportedRun, _ budget: PictureBudget) {
        self.run = run
        self.budget = budget
    }

    var section: Page.Section? {
        let content = run.stages.flatMap { stage -> [HTML] in
            guard let strip = TranslationStrip(stage, targets: run.targetPictures) else { return [] }
            let file = strip.image.flatMap { try? $0.jpeg(quality: 88) }
            guard let picture = budget.take(.jpeg, file.map { Foundation.Data($0) }) else { return [] }
            let rows = strip.rowNames.joined(separator: ", ")
            let words = "Rows from the top: \(rows). After epoch \(strip.epoch)."
            return [
                .element(.h3, stage.name),
                .element(
                    .figure, [.style("strip")],
                    [.element(.img, [.source(picture), Attribute("alt", words)], []), .element(.figcaption, words)]),
            ]
        }
        return content.isEmpty ? nil : Page.Section("translations", "Translations", content)
    }
}

/// The last picture of a translation with a row of the target's images below.
struct TranslationStrip {
    /// How many images are beside each other, and the rows of a translation's picture.
    private static let columns = 8
    private static let rows = ["source", "translated", "translated back"]
    /// The widest that a strip is shown.
    private static let mostWidth = 1280

    private let grid: Image
    private let targets: [Image]
    /// From 1, as the picture's name says.
    let epoch: Int

    /// - Returns: Nothing where the stage has left no picture of a translation that can be read.
    init?(_ stage: ReportedRun.Stage, targets: [Foundation.Data]) {
        let pictures = stage.samples.compactMap { file in
            let digits = file.deletingPathExtension().lastPathComponent.split(separator: "-").last.map(String.init)
            return digits.flatMap { Int($0) }.map { (epoch: $0, file: file) }
        }
        guard let last = pictures.max(by: { $0.epoch < $1.epoch }),
            let grid = try? Image.decode(contentsOf: last.file.path)
        else { return nil }
        self.grid = grid
        epoch = last.epoch
        self.targets = targets.prefix(Self.columns).compactMap { try? Image.decode([UInt8]($0), named: "target") }
    }

    /// What the rows show, from the top.
    var rowNames: [String] { Self.rows + (targets.isEmpty ? [] : ["target"]) }

    var image: Image? {
        guard grid.height % Self.rows.count == 0, grid.width >= Self.columns else { return grid }
        let (width, height) = (grid.width / Self.columns, grid.height / Self.rows.count)
        var canvas = PictureCanvas(width: grid.width, height: grid.height + (targets.isEmpty ? 0 : height))
        canvas.place(grid, x: 0, y: 0)
        for (index, target) in targets.enumerated() {
            canvas.place(target.resized(width: width, height: height), x: index * width, y: grid.height)
        }
        let image = canvas.image
        guard image.width > Self.mostWidth else { return image }
        return image.resized(width: Self.mostWidth, height: max(1, image.height * Self.mostWidth / image.width))
    }
}
