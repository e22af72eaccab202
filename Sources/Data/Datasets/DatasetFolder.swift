// SPDX-License-Identifier: MIT

import Foundation

/// Where a dataset may lie, and what it should look like there.
struct DatasetFolder {
    /// The dataset's name in messages.
    let dataset: String
    /// The folder that the user gave.
    let root: String
    /// Folders below `root` that hold the images, in order of preference; `.` is the root itself.
    let candidates: [String]
    /// The accepted layouts, as a person would write them down.
    let layouts: [String]

    /// The first candidate that exists.
    ///
    /// - Throws: ``DataError/missingFolder(dataset:lookedFor:layouts:)``.
    func resolved() throws(DataError) -> String {
        let paths = candidates.map { $0 == "." ? root : joined(root, $0) }
        guard let found = paths.first(where: isFolder) else {
            throw .missingFolder(dataset: dataset, lookedFor: paths, layouts: layouts)
        }
        return found
    }
}

/// The names of a folder's JPEG files in the order of their bytes, hidden files (such as the `._` companions
/// that macOS adds to archives) left out.
///
/// - Throws: ``DataError/unreadable(path:reason:)``, ``DataError/noImages(folder:)``.
func imageNames(in folder: String) throws(DataError) -> [String] {
    let entries: [String]
    do {
        entries = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
        throw .unreadable(path: folder, reason: "its entries cannot be listed")
    }
    let names = entries.filter { name in
        !name.hasPrefix(".") && [".jpg", ".jpeg", ".JPG", ".JPEG"].contains { name.hasSuffix($0) }
    }
    guard !names.isEmpty else { throw .noImages(folder: folder) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// A path below a folder, with one slash between them.
func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// Whether the path is that of a folder.
func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}

/// Whether anything has this path.
func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
}
