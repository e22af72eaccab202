// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pipeline
internal import Retrieval
internal import Training
internal import Vocabulary

/// What one row of a result is made of: each query's average precision, rank lists of a few with small pictures, and how
/// far alike and different images lie apart. A file of it lies in `evidence/` of the stage's folder, so that a report needs
/// no dataset.
struct RankingEvidence: Codable, Equatable {
    /// What was ranked.
    enum Subject: Codable, Equatable {
        /// The row of this name.
        case row(String)
        /// One network after an epoch, both from 1: the row that picks it.
        case epoch(Int, network: Int)
    }

    /// What the histogram's numbers are.
    enum Measure: String, Codable {
        /// `2 − 2cos`, of which a report shows the cosine.
        case cosine
        /// Anything else, the smaller the more alike.
        case distance
    }

    /// An image.
    struct Shot: Codable, Equatable {
        /// The file's name.
        let name: String
        let identity: Int
        /// From 0.
        let camera: Int
        /// Its picture among ``RankingEvidence/pictures``.
        let picture: String
    }

    struct Neighbour: Codable, Equatable {
        let shot: Shot
        let distance: Float
        let verdict: RankingInspection.Verdict
    }

    struct RankList: Codable, Equatable {
        let grade: RankingInspection.Grade
        let averagePrecision: Double
        let query: Shot
        let nearest: [Neighbour]
    }

    let subject: Subject
    let rankingProtocol: RankingProtocol
    let measure: Measure
    /// By query, in the dataset's order; nothing for one that does not count.
    let averagePrecisions: [Double?]
    let lists: [RankList]
    let histogram: DistanceHistogram
    /// JPEG files by what they show. An image that cannot be read has none.
    let pictures: [String: Foundation.Data]

    // MARK: Files

    func file() throws -> Foundation.Data { try JSONFile.encoder().encode(self) }

    /// - Parameter number: Which of its stage's rows it is, from 1.
    static func fileName(row number: Int) -> String { "row-\(number).json" }

    /// - Parameters: Both from 0.
    static func fileName(epoch: Int, network: Int) -> String { "epoch-\(epoch + 1)-network-\(network + 1).json" }

    /// Whether this is what a row of its stage is made of.
    func isOf(_ row: ResultRow) -> Bool {
        switch subject {
        case .row(let name): row.name == name
        case .epoch(let epoch, let network):
            row.figures[FigureColumn.epoch.name] == Double(epoch)
                && row.figures[FigureColumn.network.name] ?? 1 == Double(network)
        }
    }
}

// MARK: Making

extension RankingEvidence {
    /// - Parameter distances: Those of `validation`, `[Q, G]`.
    /// - Complexity: As of `RankingInspection`, and some hundred images at most are read.
    init(of subject: Subject, _ distances: DistanceMatrix, _ measure: Measure, _ validation: Validation) throws {
        let inspection = try validation.inspection(of: distances)
        var pictures: [String: Foundation.Data] = [:]
        func shot(_ image: LabelledImage, _ picture: String) -> Shot {
            if pictures[picture] == nil { pictures[picture] = Self.thumbnail(of: image.path) }
            return Shot(
                name: (image.path as NSString).lastPathComponent, identity: image.identity.rawValue,
                camera: image.camera.rawValue, picture: picture)
        }
        lists = inspection.lists.map { list in
            RankList(
                grade: list.grade, averagePrecision: list.averagePrecision,
                query: shot(validation.query[list.query], "query \(list.query)"),
                nearest: list.nearest.map { near in
                    Neighbour(
                        shot: shot(validation.gallery[near.row], "gallery \(near.row)"), distance: near.distance,
                        verdict: near.verdict)
                })
        }
        self.subject = subject
        self.measure = measure
        self.pictures = pictures
        rankingProtocol = validation.rankingProtocol
        averagePrecisions = inspection.averagePrecisions
        histogram = inspection.histogram
    }

    /// The most pixels of a small picture: 64 × 128 of a person.
    private static let mostPixels = 8192.0

    /// Nothing where the image cannot be read: what could be ranked need not be shown.
    private static func thumbnail(of path: String) -> Foundation.Data? {
        guard let image = try? Image.decode(contentsOf: path) else { return nil }
        let scale = min(1, (mostPixels / Double(image.width * image.height)).squareRoot())
        let small = image.resized(
            width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)))
        return (try? small.jpeg(quality: 80)).map { Foundation.Data($0) }
    }
}
