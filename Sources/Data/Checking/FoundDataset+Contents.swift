// SPDX-License-Identifier: MIT

import Foundation
internal import Machine

extension FoundDataset {
    /// The file in which it is remembered what this dataset's images hold.
    ///
    /// - Parameter folder: The folder of all such files.
    public func memoryFile(in folder: String) -> String {
        contentMemoryFile(of: self.folder, named: dataset.rawValue, in: folder)
    }

    /// The hash of the bytes of each of the dataset's images; see ``contentHashes(of:below:memoryFile:progress:)``.
    public func contents(
        of paths: [String], memoryFile: String? = nil,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) rethrows -> [String: Result<UInt128, DataError>] {
        try contentHashes(of: paths, below: folder, memoryFile: memoryFile, progress: progress)
    }
}

/// The file in which it is remembered what the images of a folder hold.
///
/// - Parameters:
///   - name: What the images are, for the file's name.
///   - memoryFolder: The folder of all such files.
public func contentMemoryFile(of folder: String, named name: String, in memoryFolder: String) -> String {
    let place = String(contentHash(Array(rememberedPath(folder).utf8)), radix: 16)
    return joined(memoryFolder, "\(name)-\(place.prefix(16)).txt")
}

/// The hash of the bytes of each of some files.
///
/// A file that was read before, by this or by a check, and has kept its size, its time of change and its number on
/// the device is not read again. What is remembered of files that are not asked for is kept.
///
/// - Parameters:
///   - paths: The files, `[N]`; any may be there several times.
///   - folder: The one that they lie below.
///   - memoryFile: Where hashes are remembered; nil to read everything. One that cannot be written costs the next
///     call its time, and is no error.
///   - progress: Told, on the calling thread, how many of how many files are done; what it throws ends the reading.
/// - Returns: The 128-bit FNV-1a hash of each file, or ``DataError/unreadable(path:reason:)``.
/// - Complexity: One pass over the bytes of unknown files, on all cores; one `stat` for each known one.
public func contentHashes(
    of paths: [String], below folder: String, memoryFile: String?, progress: (_ done: Int, _ total: Int) throws -> Void
) rethrows -> [String: Result<UInt128, DataError>] {
    let place = rememberedPath(folder)
    var memory = memoryFile.map { CheckMemory(readingFrom: $0, folder: place) } ?? CheckMemory(folder: place)
    var hashes: [String: Result<UInt128, DataError>] = [:]
    var unknown: [(path: String, name: String, state: FileState)] = []
    var seen: Set<String> = []
    for path in paths where seen.insert(path).inserted {
        let name = memory.name(of: rememberedPath(path))
        do throws(DataError) {
            let state = try FileState(of: path)
            if let entry = memory.entries[name], entry.state == state {
                hashes[path] = .success(entry.hash)
            } else {
                unknown.append((path, name, state))
            }
        } catch {
            hashes[path] = .failure(error)
        }
    }
    // Also where `progress` throws: a reading that is stopped goes on where it was.
    defer { if let memoryFile, !unknown.isEmpty { try? memory.write(to: memoryFile) } }
    // Small enough to tell of progress several times a second.
    for (number, start) in stride(from: 0, to: unknown.count, by: 256).enumerated() {
        try progress(hashes.count, seen.count)
        let batch = Array(unknown[start..<min(start + 256, unknown.count)])
        for (file, hash) in zip(batch, Workers.all.map(batch.count) { hashOfFile(batch[$0].path) }) {
            hashes[file.path] = hash
            guard case .success(let hash) = hash else { continue }
            memory.entries[file.name] = CheckMemory.Entry(state: file.state, hash: hash, verdict: nil)
        }
        // A reading that is killed goes on about where it was.
        if let memoryFile, number % 64 == 63 { try? memory.write(to: memoryFile) }
    }
    try progress(seen.count, seen.count)
    return hashes
}

private func hashOfFile(_ path: String) -> Result<UInt128, DataError> {
    do throws(DataError) {
        return .success(contentHash(try readFile(path)))
    } catch {
        return .failure(error)
    }
}

/// The absolute path without `..`: what is remembered must not depend on where the program was started, and what a link
/// before a `..` hides is found by the file's own number.
private func rememberedPath(_ path: String) -> String {
    let whole = absolutePath(path)
    return whole.contains("/..") ? URL(fileURLWithPath: whole).standardizedFileURL.path : whole
}
