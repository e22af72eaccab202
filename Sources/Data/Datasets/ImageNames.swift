// SPDX-License-Identifier: MIT

import Foundation
import Vocabulary

/// The names of a folder's images in the order of their bytes, hidden files (such as the `._` companions that
/// macOS adds to archives) left out.
///
/// - Throws: ``DataError/unreadable(path:reason:)``, ``DataError/noImages(folder:)``.
func imageNames(in folder: String) throws(DataError) -> [String] {
    let entries: [String]
    do {
        entries = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
        throw .unreadable(path: folder, reason: "its entries cannot be listed")
    }
    let names = entries.filter(isImageName)
    guard !names.isEmpty else { throw .noImages(folder: folder) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The paths of all images below a folder, relative to it, in the order of their bytes. Links to folders are followed, each
/// folder being read once (``ImageWalk``).
///
/// - Throws: As ``imageNames(in:)``; ``DataError/missingFolder(dataset:lookedFor:layouts:)``.
public func imagePaths(below folder: String) throws(DataError) -> [String] {
    guard exists(folder) else {
        throw .missingFolder(
            dataset: "folder of images", lookedFor: [folder],
            layouts: ["a folder with JPEG or PNG files, in folders below it too"])
    }
    guard isFolder(folder) else { throw .unreadable(path: folder, reason: "it is a file, and a folder is needed") }
    let paths = try ImageWalk(folder, isDeep: true).paths
    guard !paths.isEmpty else { throw .noImages(folder: folder) }
    return paths
}

/// What a folder and those below it hold besides ``imagePaths(below:)`` that a user may take for images, in words.
public func picturesNotRead(below folder: String) throws(DataError) -> [String] {
    try ImageWalk(folder, isDeep: true).leftOut
}

/// Whether images lie directly in the folder.
func holdsImages(_ folder: String) -> Bool {
    let entries = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return entries?.contains(where: isImageName) ?? false
}

/// Whether a file is an image that is read, by its name.
func isImageName(_ name: String) -> Bool {
    !name.hasPrefix(".") && FileEnding.images.areOf(name)
}

/// The part of a path after its last slash.
func lastComponent(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
}

/// A path that does not depend on the current folder, so that messages and runs say where something is. A `..` stays:
/// behind a link it leads elsewhere than to the folder before it.
public func absolutePath(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var relative = path[...]
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    let current = FileManager.default.currentDirectoryPath
    return relative.isEmpty || relative == "." ? current : joined(current, String(relative))
}

/// A path below a folder, with one slash between them.
func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// Whether the path is that of a folder.
public func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}

/// Whether anything has this path.
func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
}
