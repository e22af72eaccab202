// SPDX-License-Identifier: MIT

public import Foundation

/// The checkpoints of one stage: each is there whole and proven, or not at all.
///
/// A checkpoint is written beside its final place, flushed, given a `sha256sum` file, renamed, and read back
/// from the device. Only then does an older one make room, so that at every moment of a save at least the one
/// before it can be loaded.
public struct CheckpointStore {
    /// The folder that holds the checkpoints; made with the first save.
    public let folder: URL
    /// How many of the newest are kept: one more than needed by default, for the newest may be damaged later.
    public let keptCount: Int
    private let warn: (String) -> Void

    /// The checkpoints in a folder.
    ///
    /// - Parameters:
    ///   - folder: Their folder, which nothing else writes to.
    ///   - keptCount: How many of the newest are kept, at least 1.
    ///   - warn: Told of each checkpoint that ``latest()`` had to set aside.
    public init(folder: URL, keptCount: Int = 2, warn: @escaping (String) -> Void) {
        precondition(keptCount >= 1, "keptCount is \(keptCount); at least 1 checkpoint is kept")
        self.folder = folder
        self.keptCount = keptCount
        self.warn = warn
    }

    /// Saves the state after an epoch.
    ///
    /// - Parameters:
    ///   - epoch: The epoch that is complete in this state, from 0.
    ///   - write: Writes the state to the path it is given, as one file or one folder.
    /// - Throws: What `write` throws; ``PipelineError/diskFull(path:)``,
    ///   ``PipelineError/checkpointNotReadBack(path:)`` and the other device errors. The checkpoints before
    ///   this one are then untouched.
    /// - Complexity: Two passes over the bytes: one for the digest, one to read them back.
    public func save(epoch: Int, write: (String) throws -> Void) throws {
        precondition(epoch >= 0, "epoch \(epoch) is negative")
        try DurableFile.makeFolders(folder)
        let existing = entries()
        let entry = Entry(sequence: (existing.last?.sequence ?? 0) + 1, epoch: epoch)
        let partial = folder.appendingPathComponent(".\(entry.name).partial")
        do {
            try DurableFile.remove(partial)
            try write(partial.path)
            try publish(partial, as: entry)
        } catch {
            // The reason for the failure matters; that of a failed clean-up does not.
            try? DurableFile.remove(partial)
            throw error
        }
        for old in (existing + [entry]).dropLast(keptCount) { try remove(old) }
    }

    /// The newest checkpoint whose bytes are those that were saved, or nil when there is none.
    ///
    /// One that is damaged is reported, renamed to `….corrupt`, and the one before it is taken.
    ///
    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)`` when one cannot be read at all.
    /// - Complexity: One pass over the bytes of each checkpoint looked at.
    public func latest() throws -> (epoch: Int, path: String)? {
        for entry in entries().reversed() {
            let url = folder.appendingPathComponent(entry.name)
            let expected = try? String(contentsOf: digestFile(of: entry), encoding: .utf8)
            if try expected == line(for: ContentDigest(of: url), entry) { return (entry.epoch, url.path) }
            let reason = expected == nil ? "has no digest beside it" : "does not match its digest"
            warn("\(url.path): this checkpoint \(reason); taking the one before")
            // Out of the way, so that it does not count among those kept.
            let aside = url.appendingPathExtension("corrupt")
            try DurableFile.remove(aside)
            try DurableFile.rename(url, to: aside)
        }
        return nil
    }

    /// Removes all checkpoints and their folder.
    public func remove() throws {
        try DurableFile.remove(folder)
    }

    /// Flushes, digests, renames and reads back.
    ///
    /// The digest's file goes first, so that a checkpoint is never without one.
    private func publish(_ partial: URL, as entry: Entry) throws {
        let url = folder.appendingPathComponent(entry.name)
        let digest = try FileTree(at: partial, flushing: true).digest
        try DurableFile.replace(digestFile(of: entry), with: Data(line(for: digest, entry).utf8))
        try DurableFile.rename(partial, to: url)
        guard try FileTree(at: url, fromDevice: true).digest == digest else {
            try remove(entry)
            throw PipelineError.checkpointNotReadBack(path: url.path)
        }
    }

    private func line(for digest: ContentDigest, _ entry: Entry) -> String {
        "\(digest)  \(entry.name)\n"
    }

    private func digestFile(of entry: Entry) -> URL {
        folder.appendingPathComponent(entry.name + ".sha256")
    }

    private func remove(_ entry: Entry) throws {
        // The checkpoint first: a digest left alone is no checkpoint, the reverse would look damaged.
        try DurableFile.remove(folder.appendingPathComponent(entry.name))
        try DurableFile.remove(digestFile(of: entry))
    }

    /// All checkpoints by name, oldest first.
    private func entries() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap(Entry.init(name:)).sorted { $0.sequence < $1.sequence }
    }
}

extension CheckpointStore {
    /// A checkpoint's place in the order of saves.
    ///
    /// An epoch alone does not give it, for one may be saved twice.
    private struct Entry {
        let sequence: Int
        let epoch: Int

        var name: String {
            let digits = String(sequence)
            let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
            return "\(zeros)\(digits)-epoch-\(epoch).checkpoint"
        }

        init(sequence: Int, epoch: Int) {
            self.sequence = sequence
            self.epoch = epoch
        }

        init?(name: String) {
            guard name.hasSuffix(".checkpoint") else { return nil }
            let parts = name.dropLast(".checkpoint".count).split(separator: "-")
            guard parts.count == 3, let sequence = Int(parts[0]), let epoch = Int(parts[2])
            else { return nil }
            self.init(sequence: sequence, epoch: epoch)
            // Whatever else the text may be: only what this store would have written is a checkpoint.
            guard self.name == name else { return nil }
        }
    }
}
