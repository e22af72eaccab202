// SPDX-License-Identifier: MIT

public import Foundation

/// An artefact that is a folder and is made file by file: what one attempt of a stage has made, the next goes on with.
///
/// Each file is there whole or not at all, also after a kill or a loss of power. All come from one origin: what an earlier
/// attempt has made from another is thrown away.
public final class GrowingArtefact {
    /// The files that are there, by their paths below the folder.
    public private(set) var names: Set<String>

    private let folder: URL

    /// - Parameter allowed: The files that there may be; others that are there are removed.
    init(at folder: URL, from origin: ContentDigest, holding allowed: Set<String>) throws {
        self.folder = folder
        let mark = Self.mark(of: folder)
        if (try? String(contentsOf: mark, encoding: .utf8)) != origin.hexadecimal {
            try DurableFile.remove(folder)
            try DurableFile.replace(mark, with: Data(origin.hexadecimal.utf8))
        }
        try DurableFile.makeFolders(folder)
        // What a kill has left of a file that was being written has a name that is not allowed.
        let found = try Self.files(in: folder)
        for name in found.subtracting(allowed) { try DurableFile.remove(folder.appendingPathComponent(name)) }
        names = found.intersection(allowed)
    }

    /// Adds a file.
    ///
    /// - Parameters:
    ///   - content: All of it.
    ///   - name: Its path below the folder, one of those that are allowed.
    /// - Throws: Device errors; the file is not there then.
    public func write(_ content: Data, as name: String) throws {
        let file = folder.appendingPathComponent(name)
        let parent = file.deletingLastPathComponent()
        if !DurableFile.isFolder(parent) { try DurableFile.makeFolders(parent) }
        try DurableFile.replace(file, with: content, isLasting: false)
        names.insert(name)
    }

    /// Looks whether all that was made is there, and nothing else.
    ///
    /// - Throws: ``PipelineError/artefactDiffers(path:missing:surplus:)`` where somebody else has been at it.
    public func check() throws {
        let found = try Self.files(in: folder)
        guard found != names else { return }
        throw PipelineError.artefactDiffers(
            path: folder.path, missing: names.subtracting(found).sorted(), surplus: found.subtracting(names).sorted())
    }

    /// Where it is written what a folder's files come from.
    static func mark(of folder: URL) -> URL {
        folder.deletingLastPathComponent().appendingPathComponent(".\(folder.lastPathComponent).origin")
    }

    private static func files(in folder: URL) throws -> Set<String> {
        do {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            return Set(paths.filter { !DurableFile.isFolder(folder.appendingPathComponent($0)) })
        } catch {
            throw PipelineError.inputOutput(operation: "list", path: folder.path, reason: error.localizedDescription)
        }
    }
}
