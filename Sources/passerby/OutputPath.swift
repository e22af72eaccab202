// SPDX-License-Identifier: MIT

internal import Experiments
internal import Foundation
internal import Tensor
internal import Vocabulary

/// A file that a command writes in the end: looked at before any work, as work may take days.
struct OutputPath {
    let path: String

    /// - Parameters:
    ///   - option: What the path was given as, such as `--out`.
    ///   - inputs: Files that the command reads, which the output would replace.
    ///   - endings: Those that decide the format; nil where any will do.
    ///   - formats: The endings of the formats that are written, the first where a name has none; one of none of them would
    ///     promise another.
    ///   - replaces: Whether a file that is there may be replaced, as what a command computes can be.
    /// - Throws: ``CommandError/uselessOutput(option:path:reason:)``, ``CommandError/unwritable(path:reason:)``.
    init(
        _ path: String, option: String, inputs: [String], endings: [FileEnding]? = nil, formats: [FileEnding]? = nil,
        replaces: Bool = true
    ) throws {
        self.path = path
        func useless(_ reason: String) -> CommandError {
            .uselessOutput(option: option, path: path, reason: reason)
        }
        if let endings, !endings.areOf(path) {
            throw useless("its ending decides the format; allowed: \(endings.shown)")
        }
        guard let name = path.split(separator: "/", omittingEmptySubsequences: false).last, !["", ".", ".."].contains(name)
        else { throw useless("it names no file") }
        let ending = (String(name) as NSString).pathExtension
        if let formats, !ending.isEmpty, !formats.areOf(path) {
            throw useless(
                "no .\(ending) file is written here; allowed: \(formats.shown), or no ending, which means \(formats[0])")
        }
        if let there = FileIdentity(of: path) {
            guard !there.isFolder else { throw useless("it is a folder; a file is wanted") }
            // A device would be replaced by a file of its name.
            guard there.isFile else { throw useless("it is there, and no file") }
            if let input = inputs.first(where: { FileIdentity(of: $0) == there }) {
                throw useless("the command reads it" + (input == path ? "" : ", as '\(input)'"))
            }
            guard replaces else { throw useless("it is there already; --force replaces it") }
        }
        let above = path.dropLast(name.count + 1)
        let folder = path.contains("/") ? above.isEmpty ? "/" : String(above) : "."
        try Self.requireWritable(folder: folder, for: path)
    }

    /// Writes the file; what goes wrong all the same is told as what it is, and not as something to go on with.
    ///
    /// - Throws: ``CommandError/unwritable(path:reason:)`` for what the device refuses.
    func write(_ body: (_ path: String) throws -> Void) throws {
        do {
            try body(path)
        } catch TensorError.unwritable(let path, let reason) {
            throw CommandError.unwritable(path: path, reason: reason)
        } catch let error as CocoaError {
            throw CommandError.unwritable(path: path, reason: error.localizedDescription)
        }
    }

    /// Throws unless files can be made in a folder that is there.
    private static func requireWritable(folder: String, for path: String) throws {
        guard let found = FileIdentity(of: folder) else {
            throw CommandError.unwritable(path: path, reason: "there is no folder '\(folder)'")
        }
        guard found.isFolder else { throw CommandError.unwritable(path: path, reason: "'\(folder)' is no folder") }
        try requireRoom(in: folder, for: path)
    }

    /// Makes a file and removes it: rights alone do not tell of file systems that take none.
    fileprivate static func requireRoom(in folder: String, for path: String) throws {
        let probe = "\(folder)/.passerby-\(getpid()).probe"
        let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // One of an earlier process with this number is proof enough.
        guard descriptor >= 0 || errno == EEXIST else {
            throw CommandError.unwritable(path: path, reason: "'\(folder)': \(String(cString: strerror(errno)))")
        }
        if descriptor >= 0 { close(descriptor) }
        unlink(probe)
    }
}

/// A folder that a command writes into, and makes where it is not there yet.
struct OutputFolder {
    /// Looks whether it can be written, or made.
    ///
    /// - Throws: As ``OutputPath/init(_:option:inputs:endings:formats:replaces:)``.
    static func check(_ folder: URL, option: String) throws {
        let place = nearestFolder(folder)
        guard let found = FileIdentity(of: place.path) else { return }
        guard found.isFolder else {
            throw CommandError.uselessOutput(
                option: option, path: folder.path,
                reason: place.path == folder.standardizedFileURL.path
                    ? "it is no folder" : "'\(place.path)' is no folder")
        }
        try OutputPath.requireRoom(in: place.path, for: folder.path)
    }
}

/// What tells a file from all others, whatever name or link leads to it.
private struct FileIdentity: Equatable {
    private let device: UInt
    private let inode: UInt
    private let kind: mode_t

    /// Nil for what is not there.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, inode, kind) = (UInt(status.st_dev), UInt(status.st_ino), status.st_mode & S_IFMT)
    }

    var isFolder: Bool { kind == S_IFDIR }
    var isFile: Bool { kind == S_IFREG }
}
