// SPDX-License-Identifier: MIT

internal import Machine

/// Reads and decodes files on all cores, except those that an earlier check has read and that did not change since.
///
/// - Complexity: time of one decoding a file; memory of one file and its pixels a core, besides a line for each file.
struct FileInspection {
    /// What can be told of a file.
    enum Outcome: Equatable {
        case read(FileVerdict)
        /// It cannot be opened; this is not remembered, as it may be mended without changing the file.
        case unreadable(reason: String)
    }

    private(set) var memory: CheckMemory
    private(set) var outcomes: [String: Outcome] = [:]
    /// How many files were read, the others being known already.
    private(set) var readCount = 0
    /// How many files could not be opened.
    var unopenedCount: Int {
        outcomes.values.count { if case .unreadable = $0 { true } else { false } }
    }
    private let hash: @Sendable ([UInt8]) -> UInt128
    /// A file of each content that was met, by hash; the position is the content's variant.
    private var representatives: [UInt128: [String]] = [:]

    /// - Parameters:
    ///   - memory: What earlier checks found.
    ///   - hash: Two contents may share a value.
    init(_ memory: CheckMemory, hash: @escaping @Sendable ([UInt8]) -> UInt128 = contentHash) {
        self.memory = memory
        self.hash = hash
    }

    /// Looks at files, in batches; `report` is called after each with the number of files done.
    ///
    /// - Parameters:
    ///   - paths: Different files.
    ///   - report: Called on the calling thread; what it throws ends the inspection.
    mutating func inspect(
        _ paths: [String], report: (_ done: Int, _ memory: CheckMemory) throws -> Void
    ) rethrows {
        var unknown: [(path: String, state: FileState)] = []
        var kept: [String: CheckMemory.Entry] = [:]
        for path in paths {
            do throws(DataError) {
                let state = try FileState(of: path)
                if let entry = memory.entries[relative(path)], entry.state == state, let verdict = entry.verdict {
                    kept[relative(path)] = entry
                    outcomes[path] = .read(verdict)
                } else {
                    unknown.append((path, state))
                }
            } catch {
                outcomes[path] = .unreadable(reason: error.reason)
            }
        }
        memory.entries = kept
        recall(paths)
        var done = paths.count - unknown.count
        try report(done, memory)
        // Small enough to tell of progress several times a second.
        for start in stride(from: 0, to: unknown.count, by: 256) {
            let batch = Array(unknown[start..<min(start + 256, unknown.count)])
            for (file, found) in zip(batch, read(batch.map(\.path))) {
                settle(file.path, file.state, found.outcome, hash: found.hash)
            }
            done += batch.count
            try report(done, memory)
        }
    }

    /// Takes one file of each known content as its representative.
    private mutating func recall(_ paths: [String]) {
        var known: [FileVerdict.Content: String] = [:]
        for path in paths {
            guard case .read(.whole(let content)) = outcomes[path] else { continue }
            known[content] = known[content] ?? path
        }
        for (content, path) in known.sorted(by: { $0.key.variant < $1.key.variant }) {
            // Where the only file of a variant was changed, its number stays taken by nothing that can be equal.
            var files = representatives[content.hash] ?? []
            files += Array(repeating: "", count: max(0, content.variant - files.count))
            representatives[content.hash] = files + [path]
        }
    }

    /// Reads and decodes a batch of files.
    private func read(_ paths: [String]) -> [(outcome: Outcome, hash: UInt128)] {
        Workers.all.map(paths.count) { [hash] row in Self.outcome(of: paths[row], hash) }
    }

    private static func outcome(of path: String, _ hash: ([UInt8]) -> UInt128) -> (Outcome, UInt128) {
        let bytes: [UInt8]
        do throws(DataError) {
            bytes = try readFile(path)
        } catch {
            return (.unreadable(reason: error.reason), 0)
        }
        let hash = hash(bytes)
        do throws(DataError) {
            _ = try Image.decode(bytes, named: path)
            return (.read(.whole(FileVerdict.Content(hash: hash))), hash)
        } catch {
            return (.read(.damaged(reason: error.reason)), hash)
        }
    }

    /// Remembers a file's outcome, after telling its content from others with the same hash.
    private mutating func settle(_ path: String, _ state: FileState, _ outcome: Outcome, hash: UInt128) {
        var outcome = outcome
        if case .read(.whole(var content)) = outcome {
            let files = representatives[content.hash] ?? []
            if let equal = files.firstIndex(where: { haveEqualContent($0, path) }) {
                content.variant = equal
            } else {
                content.variant = files.count
                representatives[content.hash] = files + [path]
            }
            outcome = .read(.whole(content))
        }
        outcomes[path] = outcome
        if case .read(let verdict) = outcome {
            readCount += 1
            memory.entries[relative(path)] = CheckMemory.Entry(state: state, hash: hash, verdict: verdict)
        }
    }

    private func relative(_ path: String) -> String { memory.name(of: path) }
}

/// Whether two files can be read and hold the same bytes.
private func haveEqualContent(_ first: String, _ second: String) -> Bool {
    guard let first = try? readFile(first), let second = try? readFile(second) else { return false }
    return first == second
}
