// SPDX-License-Identifier: MIT

internal import Machine
internal import Synchronization

/// Files as they were when it was read what they hold, so that it is noticed when one holds something else.
public final class WatchedFiles: Sendable {
    private struct Known {
        /// As it was last looked at; nothing where that has to be done.
        var state: FileState?
        let hash: UInt128
    }

    private let paths: [String]
    private let files: Mutex<[Known]>

    /// - Parameter hashes: What each file holds, by path, as ``contentHashes(of:below:memoryFile:progress:)`` finds it.
    /// - Complexity: One `stat` for each file.
    public init(_ hashes: [String: UInt128]) {
        let sorted = hashes.sorted { $0.key < $1.key }
        paths = sorted.map(\.key)
        let states = Self.states(of: paths)
        files = Mutex(zip(sorted, states).map { Known(state: $1, hash: $0.value) })
    }

    /// - Throws: ``DataError/changed(path:)`` for the first file by name that holds something else, and
    ///   ``DataError/unreadable(path:reason:)`` where one cannot be read.
    /// - Complexity: One `stat` for each file, and a pass over the bytes of those that are others or of another time.
    public func requireUnchanged() throws(DataError) {
        let known = files.withLock { $0 }
        for (index, state) in Self.states(of: paths).enumerated() where state == nil || state != known[index].state {
            guard contentHash(try readFile(paths[index])) == known[index].hash else { throw .changed(path: paths[index]) }
            files.withLock { $0[index].state = state }
        }
    }

    private static func states(of paths: [String]) -> [FileState?] {
        Workers.all.mapRows(paths.count, scratch: {}) { rows, _ in rows.map { try? FileState(of: paths[$0]) } }.flatMap {
            $0
        }
    }
}
