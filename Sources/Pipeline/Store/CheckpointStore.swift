// SPDX-License-Identifier: MIT

public import Foundation

/// The checkpoints of one stage: each is there whole and proven, or not at all.
///
/// A checkpoint is written beside its final place, flushed, given a `sha256sum` file, renamed, and read back
/// from the device. Only then does an older one make room, so that at every moment of a save at least the one
/// before it can be loaded. The newest are kept.
public struct CheckpointStore {
    /// The folder that holds the checkpoints; made with the first save.
    public let folder: URL
    /// When to save and what to keep.
    public let policy: CheckpointPolicy
    private let part: String
    private let clock: RunClock
    private let saving: () throws -> Void
    private let warn: (String) -> Void
    private let saved: (CheckpointCost) throws -> Void
    private let cadence: Cadence

    /// When this process last saved, shared by all copies of a store.
    private final class Cadence {
        var lastSave: Double
        /// What the last one took; before the first, what a small network's may take.
        var cost = 0.5
        /// Moments that have passed since.
        var moments = 0
        init(_ lastSave: Double) { self.lastSave = lastSave }
    }

    /// The checkpoints in a folder.
    ///
    /// - Parameters:
    ///   - folder: Their folder, which nothing else writes to.
    ///   - policy: When to save and what to keep.
    ///   - clock: What the policy's interval and the cost are measured with.
    ///   - saving: Asked before each save; what it throws leaves the checkpoints as they are.
    ///   - warn: Told of each checkpoint that ``latest()`` had to set aside.
    ///   - saved: Told what each save cost.
    public init(
        folder: URL, policy: CheckpointPolicy = CheckpointPolicy(), clock: RunClock = .system,
        saving: @escaping () throws -> Void = {}, warn: @escaping (String) -> Void,
        saved: @escaping (CheckpointCost) throws -> Void = { _ in }
    ) {
        self.init(folder: folder, part: "", policy: policy, clock: clock, saving: saving, warn: warn, saved: saved)
    }

    private init(
        folder: URL, part: String, policy: CheckpointPolicy, clock: RunClock, saving: @escaping () throws -> Void,
        warn: @escaping (String) -> Void, saved: @escaping (CheckpointCost) throws -> Void
    ) {
        self.folder = folder
        self.part = part
        self.policy = policy
        self.clock = clock
        self.saving = saving
        self.warn = warn
        self.saved = saved
        cadence = Cadence(clock.uptime())
    }

    /// The checkpoints of one of several trainings of a stage, in a folder of their own below this one.
    ///
    /// - Parameter name: One path component that no checkpoint has.
    public func part(_ name: String) -> CheckpointStore {
        precondition(
            !name.isEmpty && !name.contains("/") && CheckpointEntry(name: name) == nil, "'\(name)' is no part's name")
        return CheckpointStore(
            folder: folder.appendingPathComponent(name), part: part.isEmpty ? name : "\(part)/\(name)",
            policy: policy, clock: clock, saving: saving, warn: warn, saved: saved)
    }

    /// Counts a moment at which a state could be saved.
    ///
    /// - Returns: Whether it should: the policy's interval has passed since the last save, or since this store was
    ///   opened.
    public func isDue() -> Bool {
        cadence.moments += 1
        let isStride = policy.stride > 0 && cadence.moments >= policy.stride
        return isStride || clock.uptime() - cadence.lastSave >= policy.interval
    }

    /// Whether a save now keeps to the policy's share of the time.
    ///
    /// For a stage to ask at the ends of epochs.
    public var isAffordable: Bool {
        policy.share == 1 || clock.uptime() - cadence.lastSave >= cadence.cost / policy.share
    }

    /// Saves a state.
    ///
    /// - Parameters:
    ///   - epoch: What ``Checkpoint/epoch`` will be, from 0.
    ///   - step: What ``Checkpoint/step`` will be.
    ///   - write: Writes the state to the path it is given, as one file or one folder.
    /// - Throws: What `write` throws; ``PipelineError/diskFull(path:)``,
    ///   ``PipelineError/checkpointNotReadBack(path:)`` and the other device errors. The checkpoints before
    ///   this one are then untouched.
    /// - Complexity: Two passes over the bytes: one for the digest, one to read them back.
    public func save(epoch: Int, step: Int? = nil, write: (String) throws -> Void) throws {
        precondition(epoch >= 0 && step ?? 0 >= 0, "epoch \(epoch), step \(step ?? 0): both count from 0")
        try saving()
        let start = clock.uptime()
        try DurableFile.makeFolders(folder)
        let last = try CheckpointEntry.all(in: folder).last?.sequence ?? 0
        let entry = CheckpointEntry(sequence: last + 1, epoch: epoch, step: step)
        let partial = folder.appendingPathComponent(".\(entry.name).partial")
        let bytes: Int
        do {
            try DurableFile.remove(partial)
            try write(partial.path)
            bytes = try publish(partial, as: entry)
        } catch {
            // The reason for the failure matters; that of a failed clean-up does not.
            try? DurableFile.remove(partial)
            throw error
        }
        try prune()
        cadence.lastSave = clock.uptime()
        cadence.cost = cadence.lastSave - start
        cadence.moments = 0
        try saved(
            CheckpointCost(
                part: part, epoch: epoch, step: step, seconds: cadence.cost, bytes: bytes))
    }

    /// The newest checkpoint whose bytes are those that were saved, or nil when there is none.
    ///
    /// One that is damaged is reported, renamed to `….corrupt`, and the one before it is taken.
    ///
    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)`` when one cannot be read at all.
    /// - Complexity: One pass over the bytes of each checkpoint looked at.
    public func latest() throws -> Checkpoint? {
        for entry in try CheckpointEntry.all(in: folder).reversed() {
            let url = folder.appendingPathComponent(entry.name)
            let expected = try? String(contentsOf: digestFile(of: entry), encoding: .utf8)
            if try expected == line(for: ContentDigest(of: url), entry) {
                return Checkpoint(epoch: entry.epoch, step: entry.step, path: url.path)
            }
            let reason = expected == nil ? "has no digest beside it" : "does not match its digest"
            warn("\(url.path): this checkpoint \(reason); taking the one before")
            // Out of the way, so that it does not count among those kept.
            let aside = url.appendingPathExtension("corrupt")
            try DurableFile.remove(aside)
            try DurableFile.rename(url, to: aside)
        }
        return nil
    }

    /// Flushes, digests, renames and reads back; gives the number of bytes.
    ///
    /// The digest's file goes first, so that a checkpoint is never without it.
    private func publish(_ partial: URL, as entry: CheckpointEntry) throws -> Int {
        let url = folder.appendingPathComponent(entry.name)
        let tree = try FileTree(at: partial, flushing: true)
        try DurableFile.replace(digestFile(of: entry), with: Data(line(for: tree.digest, entry).utf8))
        try DurableFile.rename(partial, to: url)
        guard try FileTree(at: url, fromDevice: true).digest == tree.digest else {
            try remove(entry)
            throw PipelineError.checkpointNotReadBack(path: url.path)
        }
        return tree.byteCount
    }

    /// Removes what the policy does not keep.
    private func prune() throws {
        for entry in try CheckpointEntry.all(in: folder).dropLast(policy.newestCount) { try remove(entry) }
    }

    private func line(for digest: ContentDigest, _ entry: CheckpointEntry) -> String {
        "\(digest)  \(entry.name)\n"
    }

    private func digestFile(of entry: CheckpointEntry) -> URL {
        folder.appendingPathComponent(entry.digestName)
    }

    private func remove(_ entry: CheckpointEntry) throws {
        // The checkpoint first: a digest left alone is no checkpoint, the reverse would look damaged.
        try DurableFile.remove(folder.appendingPathComponent(entry.name))
        try DurableFile.remove(digestFile(of: entry))
    }
}
