// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pipeline

/// The experiment's images, found and listed.
struct Datasets {
    let source: [LabelledImage]
    let target: [UnlabelledImage]
    let query: [LabelledImage]
    let gallery: [LabelledImage]
    /// Source images that are left out, as they show nobody of interest.
    let backgroundCount: Int

    /// - Throws: `DataError`, which names what is missing and the layouts that are known.
    init(_ choice: DataChoice, root: String) throws {
        (source, backgroundCount) = try choice.source.dataset.find(in: root).training()
        let found = try choice.target.dataset.find(in: root)
        target = try found.unlabelled(.train)
        query = try found.labelled(.query)
        gallery = try found.labelled(.gallery)
    }

    /// A digest that changes when an image is added, removed, renamed or changes its size.
    func digest(below root: String) throws -> ContentDigest {
        let paths = source.map(\.path) + target.map(\.path) + query.map(\.path) + gallery.map(\.path)
        let lines = try paths.map { path in
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            return "\(path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path) \(size)"
        }
        return ContentDigest(of: lines.joined(separator: "\n"))
    }
}

extension DataChoice {
    /// Where the datasets lie, the synthetic ones in a folder named by their parameters.
    ///
    /// - Parameter dataFolder: The folder of all data, for relative paths and drawn worlds.
    func root(in dataFolder: String) throws -> String {
        switch location {
        case .folder(let path):
            return path == "data" ? dataFolder : path
        case .synthetic(let world):
            let parameters = try JSONValue(encoding: world).canonicalText
            return "\(dataFolder)/synthetic/\(ContentDigest(of: parameters).hexadecimal.prefix(12))"
        }
    }
}
