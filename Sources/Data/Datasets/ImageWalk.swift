// SPDX-License-Identifier: MIT

import Foundation
internal import Reporting

/// The images of a folder, and what of it nobody will read.
///
/// Every folder below is read once, under its own name where it has one here, and otherwise through the first link to it in
/// the order of bytes; so circles of links do no harm. A link to a folder above is a circle too.
struct ImageWalk {
    /// A picture format that is told by its files' endings, and not read.
    enum ForeignFormat: String, CaseIterable {
        case bmp, webp, gif, tif, tiff, jfif, jp2, avif, heic, heif, ppm, pgm, tga
    }

    /// Paths relative to the folder, in the order of their bytes.
    private(set) var paths: [String] = []
    /// Files of formats that are not read, by ending.
    private(set) var foreign: [ForeignFormat: Int] = [:]
    /// Links that lead nowhere.
    private(set) var brokenLinks = 0
    /// Images in folders below that belong to no split, where only the folder itself is read.
    private(set) var tooDeep = 0

    /// The device and number of each folder that was read.
    private var seen: Set<[UInt64]> = []
    private var links: [String] = []
    private let folder: String

    /// - Parameter isDeep: Whether the images of folders below are read too.
    /// - Throws: ``DataError/unreadable(path:reason:)``.
    init(_ folder: String, isDeep: Bool) throws(DataError) {
        self.folder = folder
        seen = FileKind.foldersAbove(folder)
        try read("")
        var next = 0
        while next < links.count {
            let batch = links[next...].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            next = links.count
            for link in batch { try read(link) }
        }
        if !isDeep {
            tooDeep = paths.count { $0.contains("/") }
            paths.removeAll { $0.contains("/") }
        }
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Reads a folder and those below it that are no links.
    private mutating func read(_ relative: String) throws(DataError) {
        let place = relative.isEmpty ? folder : joined(folder, relative)
        guard let identity = FileKind.folder(at: place), seen.insert(identity).inserted else { return }
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: place)
        } catch {
            throw .unreadable(path: place, reason: "its entries cannot be listed")
        }
        for entry in entries where !entry.hasPrefix(".") {
            let path = relative.isEmpty ? entry : "\(relative)/\(entry)"
            if isImageName(entry) {
                paths.append(path)
            } else if let ending = entry.split(separator: ".").last,
                let format = ForeignFormat(rawValue: ending.lowercased())
            {
                foreign[format, default: 0] += 1
            }
            switch FileKind(of: joined(folder, path)) {
            case .folder: try read(path)
            case .linkToFolder: links.append(path)
            // A list that names it, or its name, has it read, and found missing.
            case .brokenLink where !isImageName(entry): brokenLinks += 1
            case .brokenLink, .other: break
            }
        }
    }
}

extension ImageWalk {
    /// What is not read, in words; empty where all is.
    var leftOut: [String] {
        let formats = ForeignFormat.allCases.compactMap { format in foreign[format].map { "\($0) .\(format.rawValue)" } }
        let count = foreign.values.reduce(0, +)
        var reasons: [String] = []
        if count > 0 {
            reasons.append(
                "\(counted(count, "file")) \(count == 1 ? "is" : "are") not read, as only JPEG and PNG are: "
                    + formats.joined(separator: ", "))
        }
        if tooDeep > 0 {
            reasons.append("\(counted(tooDeep, "image")) in folders below \(tooDeep == 1 ? "is" : "are") not read")
        }
        if brokenLinks > 0 {
            reasons.append("\(counted(brokenLinks, "link")) \(brokenLinks == 1 ? "leads" : "lead") nowhere")
        }
        return reasons
    }
}

/// What an entry of a folder is.
private enum FileKind {
    case folder, linkToFolder, brokenLink, other

    init(of path: String) {
        var (own, target) = (stat(), stat())
        guard lstat(path, &own) == 0 else {
            self = .other
            return
        }
        let isLink = own.st_mode & S_IFMT == S_IFLNK
        guard stat(path, &target) == 0 else {
            self = isLink ? .brokenLink : .other
            return
        }
        guard target.st_mode & S_IFMT == S_IFDIR else {
            self = .other
            return
        }
        self = isLink ? .linkToFolder : .folder
    }

    /// The folders that a folder lies in, wherever a link to it may be.
    static func foldersAbove(_ path: String) -> Set<[UInt64]> {
        var place = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        var above: Set<[UInt64]> = []
        while place.pathComponents.count > 1 {
            place.deleteLastPathComponent()
            if let identity = folder(at: place.path) { above.insert(identity) }
        }
        return above
    }

    /// What tells a folder from others, whatever its path; nil where there is none.
    static func folder(at path: String) -> [UInt64]? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
