// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Retrieval

/// Rank lists as one picture for slides: a line for each query, its ten nearest framed by what they are.
struct RankPicture {
    private static let (frame, gap) = (4, 8)

    private let evidence: RankingEvidence

    init(_ evidence: RankingEvidence) { self.evidence = evidence }

    /// Nothing where no picture was kept.
    var image: Image? {
        let pictures = evidence.pictures.compactMapValues { try? Image.decode([UInt8]($0), named: "picture") }
        guard let width = pictures.values.map(\.width).max(), let height = pictures.values.map(\.height).max() else {
            return nil
        }
        let (across, down) = (width + 2 * Self.frame + Self.gap, height + 2 * Self.frame + Self.gap)
        let columns = 1 + RankingInspection.listLength
        var canvas = PictureCanvas(width: columns * across + 3 * Self.gap, height: evidence.lists.count * down + Self.gap)
        for (line, list) in evidence.lists.enumerated() {
            let shots =
                [(list.query.picture, nil)]
                + list.nearest.prefix(RankingInspection.listLength).map { ($0.shot.picture, Optional($0.verdict)) }
            for (column, (name, verdict)) in shots.enumerated() {
                guard let picture = pictures[name] else { continue }
                // The query stands apart.
                let (x, y) = (Self.gap + column * across + (column > 0 ? Self.gap : 0), Self.gap + line * down)
                let (red, green, blue) = Self.colour(verdict)
                canvas.place(
                    Image(
                        width: picture.width + 2 * Self.frame, height: picture.height + 2 * Self.frame, red: red,
                        green: green, blue: blue), x: x, y: y)
                canvas.place(
                    verdict == .ignored ? Self.greyed(picture) : picture, x: x + Self.frame, y: y + Self.frame)
            }
        }
        return canvas.image
    }

    /// The frame of what the query looks for, of somebody else, and of all others.
    private static func colour(_ verdict: RankingInspection.Verdict?) -> (red: UInt8, green: UInt8, blue: UInt8) {
        switch verdict {
        case .right: (0, 121, 92)
        case .wrong: (195, 65, 13)
        case .ignored, nil: (214, 219, 225)
        }
    }

    /// Pale and without colour.
    private static func greyed(_ picture: Image) -> Image {
        var pixels = picture.pixels
        for start in stride(from: 0, to: pixels.count, by: 3) {
            let mean = (Int(pixels[start]) + Int(pixels[start + 1]) + Int(pixels[start + 2])) / 3
            let pale = UInt8((mean + 2 * 255) / 3)
            for channel in 0..<3 { pixels[start + channel] = pale }
        }
        return Image(width: picture.width, height: picture.height, pixels: pixels)
    }
}
