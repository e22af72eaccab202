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

    /// - Parameter contents: What each image holds, by path.
    /// - Complexity: O(N·log N) for N images, some 2 s for 100,000.
    init(_ datasets: Datasets, contents: [String: String]) {
        let names = datasets.names
        let scored = datasets.query + datasets.gallery
        let source = datasets.source.map { (name: names.source.name(of: $0.path), image: $0) }
        let test = scored.map { (name: names.target.name(of: $0.path), image: $0) }
        let target = datasets.target.map { (name: names.target.name(of: $0.path), image: $0) }
        let labelled = source + test
        let held = labelled.map { ($0.name, $0.image.path) } + target.map { ($0.name, $0.image.path) }
        let lists = [
            ("source train", source.map(\.name)), ("target train", target.map(\.name)),
            ("query", test.prefix(datasets.query.count).map(\.name)),
            ("gallery", test.suffix(datasets.gallery.count).map(\.name)),
        ]
        let lines: [DataPart: [String]] = [
            .images: Self.sorted(held.compactMap { name, path in contents[path].map { "\($0) \(name)" } }),
            .identities: Self.sorted(labelled.map { "\($0.image.identity.rawValue) \($0.name)" }),
            .cameras: Self.sorted(
                labelled.map { "\($0.image.camera.rawValue) \($0.name)" }
                    + target.map { "\($0.image.camera.rawValue) \($0.name)" }),
            .splits: lists.flatMap { list, names in ["\(list) \(names.count)"] + names },
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
    /// - Parameter contents: What each image holds, by path.
    init(of set: TestSet, contents: [String: String], named naming: ImageNaming) {
        let lists = [("query", set.query), ("gallery", set.gallery)]
        let lines = lists.flatMap { list, images in
            ["test \(list) \(images.count)"] + images.map { "\(contents[$0.path] ?? "") \(naming.name(of: $0.path))" }
        }
        self.init(of: lines.joined(separator: "\n"))
    }
}

extension [String: Result<UInt128, DataError>] {
    /// What digests say of an image's contents.
    ///
    /// - Parameter skipsUnreadable: Whether a run would go on without a file that cannot be read.
    /// - Throws: The image's error where it would not.
    func text(of path: String, skipsUnreadable: Bool) throws -> String {
        switch self[path] {
        case .success(let hash): return String(hash, radix: 16)
        case .failure(let error) where !skipsUnreadable: throw error
        case .failure, nil: return "unreadable"
        }
    }
}

/// What digests call images: the same for copies of datasets elsewhere.
struct ImageNaming {
    private let folder: String
    private let prefix: String

    /// - Parameters:
    ///   - root: Where the dataset lies, or its table.
    ///   - prefix: What tells images of one place from those of another that have their names.
    init(below root: String, after prefix: String) {
        folder = FileEnding.csv.isOf(root) ? (root as NSString).deletingLastPathComponent : root
        self.prefix = prefix
    }

    func name(of path: String) -> String {
        prefix + (path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path)
    }
}
