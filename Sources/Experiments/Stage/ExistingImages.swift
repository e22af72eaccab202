// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pipeline
internal import Reporting

/// Images that were translated elsewhere, in a folder: those of one dataset's images under their names, in whatever folder
/// below and of whatever format.
struct ExistingImages {
    let folder: String
    /// Relative to the folder, in the order of their bytes.
    let names: [String]
    /// Of all names, and of what the files hold; the folder's own place does not matter.
    let digest: ContentDigest
    /// What each file that can be read holds, by path.
    let hashes: [String: UInt128]

    /// Lists the images and digests what they hold.
    ///
    /// - Parameters:
    ///   - folder: An absolute path.
    ///   - memoryFolder: Where hashes are remembered; nil for nowhere.
    ///   - skipsUnreadable: Whether a run would leave out a file that cannot be read.
    ///   - progress: Told how many of how many files are done.
    /// - Throws: `DataError.missingFolder(dataset:lookedFor:layouts:)`, `DataError.noImages(folder:)`,
    ///   `DataError.unreadable(path:reason:)`, and what `progress` throws.
    /// - Complexity: One pass over the bytes of all files that are not remembered.
    init(
        in folder: String, memoryFolder: String?, skipsUnreadable: Bool,
        progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws {
        guard FileManager.default.fileExists(atPath: folder) else {
            throw DataError.missingFolder(
                dataset: "folder of translated images", lookedFor: [folder],
                layouts: ["FOLDER/image_train/0001_c3s1_24.jpg, or any folder with images of the source's names"])
        }
        self.folder = folder
        names = try imagePaths(below: folder)
        let hashes = try contentHashes(
            of: names.map { "\(folder)/\($0)" }, below: folder,
            memoryFile: memoryFolder.map { contentMemoryFile(of: folder, named: "translated", in: $0) },
            progress: progress)
        let lines = try names.map { name in
            try "\(hashes.text(of: "\(folder)/\(name)", skipsUnreadable: skipsUnreadable)) \(name)"
        }
        digest = ContentDigest(of: lines.joined(separator: "\n"))
        self.hashes = hashes.compactMapValues { try? $0.get() }
    }

    /// The path of each image's translation: the only one here whose name, but for its ending, is the image's.
    ///
    /// - Parameter originals: The source's images, `[N]`.
    /// - Returns: `[N]`, in the same order.
    /// - Throws: ``ExistingImagesError``; `DataError.malformedName(path:expected:)` where two images have one name.
    func translations(of originals: [String]) throws -> [String] {
        let here = Dictionary(grouping: names, by: Self.stem)
        var seen: Set<String> = []
        let found = try originals.map { original in
            let stem = Self.stem(original)
            guard seen.insert(stem).inserted else {
                throw DataError.malformedName(path: original, expected: "a name that no other source image has")
            }
            let names = here[stem] ?? []
            guard names.count < 2 else { throw ExistingImagesError.several(folder: folder, stem: stem, names: names) }
            return names.first
        }
        let missing = zip(originals, found).compactMap { original, name in name == nil ? Self.stem(original) : nil }
        guard missing.isEmpty else {
            throw ExistingImagesError.missing(
                folder: folder, stems: Array(missing.prefix(5)), count: missing.count, source: originals.count,
                images: names.count)
        }
        return found.compactMap { $0 }.map { "\(folder)/\($0)" }
    }

    /// The name of a file without its folder and ending: `0001_c3s1_24`.
    private static func stem(_ path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }
}

/// What a folder of translated images can get wrong.
enum ExistingImagesError: ReportedError, Equatable {
    /// `stems` are the first of the `count` of `source` images that have none among the folder's `images`.
    case missing(folder: String, stems: [String], count: Int, source: Int, images: Int)
    case several(folder: String, stem: String, names: [String])

    var exitKind: ExitKind { .badData }

    var description: String {
        switch self {
        case .missing(let folder, let stems, let count, let source, let images):
            "'\(folder)' has no translation of \(count) of \(counted(source, "source image")): "
                + stems.joined(separator: ", ") + (count > stems.count ? ", …" : "")
                + "; there \(images == 1 ? "is" : "are") \(counted(images, "image")), and each source image needs one of its name"
        case .several(let folder, let stem, let names):
            "'\(folder)' has several translations of '\(stem)': "
                + names.map { "'\($0)'" }.joined(separator: ", ") + "; allowed: one"
        }
    }
}
