// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pipeline
internal import Training
internal import Vocabulary

/// What of the datasets a run's results depend on, each kind digested on its own so that a difference can be named.
enum DataPart: String, CaseIterable {
    /// What the image files hold.
    case images
    /// Who is seen in the images of source, queries and gallery; nobody may know the target's training images.
    case identities
    case cameras
    /// Which images are in which list, in their order.
    case splits
}

/// The digest of an experiment's datasets.
struct DataDigest: Equatable {
    let parts: [DataPart: ContentDigest]

    /// - Parameters:
    ///   - contents: What each image holds, by path.
    ///   - root: Where the datasets lie: the digest is the same for copies elsewhere.
    /// - Complexity: O(N·log N) for N images, some 2 s for 100,000.
    init(_ datasets: Datasets, contents: [String: String], root: String) {
        let name = namesOfImages(below: root)
        let labelled = datasets.source + datasets.query + datasets.gallery
        let listed = Set(labelled.map(\.path) + datasets.target.map(\.path))
        let lists = [
            ("source train", datasets.source.map(\.path)), ("target train", datasets.target.map(\.path)),
            ("query", datasets.query.map(\.path)), ("gallery", datasets.gallery.map(\.path)),
        ]
        let lines: [DataPart: [String]] = [
            .images: Self.sorted(contents.filter { listed.contains($0.key) }.map { "\($1) \(name($0))" }),
            .identities: Self.sorted(labelled.map { "\($0.identity.rawValue) \(name($0.path))" }),
            .cameras: Self.sorted(
                labelled.map { "\($0.camera.rawValue) \(name($0.path))" }
                    + datasets.target.map { "\($0.camera.rawValue) \(name($0.path))" }),
            .splits: lists.flatMap { list, paths in ["\(list) \(paths.count)"] + paths.map(name) },
        ]
        parts = lines.mapValues { ContentDigest(of: $0.joined(separator: "\n")) }
    }

    /// Each line once: an image may be in several lists.
    private static func sorted(_ lines: [String]) -> [String] { Set(lines).sorted() }

    /// The digest of all parts.
    var whole: ContentDigest {
        let lines = DataPart.allCases.map { "\($0.rawValue) \(parts[$0]?.hexadecimal ?? "")" }
        return ContentDigest(of: lines.joined(separator: "\n"))
    }

    /// The parts by their names, as a plan keeps them.
    var named: [String: ContentDigest] { Dictionary(uniqueKeysWithValues: parts.map { ($0.rawValue, $1) }) }
}

extension ContentDigest {
    /// The digest of a test set: which images are in which list, in their order, and what they hold.
    ///
    /// - Parameters:
    ///   - contents: What each image holds, by path.
    ///   - root: Where the datasets lie.
    init(of set: TestSet, contents: [String: String], root: String) {
        let name = namesOfImages(below: root)
        let lists = [("query", set.query), ("gallery", set.gallery)]
        let lines = lists.flatMap { list, images in
            ["test \(list) \(images.count)"] + images.map { "\(contents[$0.path] ?? "") \(name($0.path))" }
        }
        self.init(of: lines.joined(separator: "\n"))
    }
}

/// What digests call images: the same for copies of datasets elsewhere.
private func namesOfImages(below root: String) -> (String) -> String {
    let folder = (root as NSString).pathExtension == "csv" ? (root as NSString).deletingLastPathComponent : root
    return { path in path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path }
}
