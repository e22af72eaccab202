// SPDX-License-Identifier: MIT

import Foundation
import Testing
import Vocabulary

@testable import Data

/// The challenge's public lists (MIT licence), where they lie beside the checkout; there are no images.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: PublicLists.folder)))
struct `VisDA-2020's public lists` {
    @Test func `hold the published queries`() throws {
        let rows = try VisDAIndex("\(PublicLists.folder)/index_validation_query.txt", images: "q").validation().images
        #expect(rows.count == 377)
        #expect(Set(rows.compactMap(\.identity?.rawValue)) == Set(1...100))
        #expect(PublicLists.perCamera(rows) == [90, 20, 98, 99, 70])
        #expect(
            rows.first
                == DatasetImage(
                    path: "q/0077_c5s1_003471_01.jpg", identity: 77, camera: 3,
                    place: .init(file: "\(PublicLists.folder)/index_validation_query.txt", line: 1)))
    }

    @Test func `hold the published gallery`() throws {
        let rows = try VisDAIndex("\(PublicLists.folder)/index_validation_gallery.txt", images: "g").validation().images
        #expect(rows.count == 3600)
        #expect(Set(rows.compactMap(\.identity?.rawValue)) == Set(0...100))
        #expect(PublicLists.perCamera(rows) == [803, 173, 826, 1195, 603])
        #expect(rows.count { $0.identity == .background } == 656)
    }

    @Test func `hold the published test set, of which nobody knows anything`() throws {
        for (part, count, last) in [("query", 1578, "1577.jpg"), ("gallery", 24_006, "024005.jpg")] {
            let rows = try VisDAIndex("\(PublicLists.folder)/index_test_\(part).txt", images: "t").test().images
            #expect(rows.count == count)
            #expect(rows.allSatisfy { $0.identity == nil })
            #expect(rows.last?.path == "t/\(last)")
        }
    }

    @Test func `agree with the counts that are said to be published`() throws {
        let edition = try #require(Dataset.visdaTarget.definition.editions.first)
        for part in ["query", "gallery"] {
            let path = "\(PublicLists.folder)/index_validation_\(part).txt"
            let rows = try VisDAIndex(path, images: "").validation().images
            let counts = PublishedCounts(
                images: rows.count, identities: Set(rows.map(\.identity)).count, cameras: Set(rows.map(\.camera)).count)
            #expect(edition.split(part == "query" ? .query : .gallery)?.published == [counts])
        }
    }
}

private enum PublicLists {
    /// `shared/data/visda2020` beside the checkout.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared/data/visda2020").standardizedFileURL.path

    static func perCamera(_ rows: [DatasetImage]) -> [Int] {
        (0..<5).map { camera in rows.count { $0.camera.rawValue == camera } }
    }
}
