// SPDX-License-Identifier: MIT

internal import Foundation

/// A checkpoint's name, which is its place in the order of saves.
///
/// An epoch alone does not give the place, for one may be saved twice.
struct CheckpointEntry: Equatable {
    let sequence: Int
    let epoch: Int
    let step: Int?

    /// `000012-epoch-3.checkpoint`, or `000012-epoch-3-step-4500.checkpoint`.
    var name: String {
        let digits = String(sequence)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        return "\(zeros)\(digits)-epoch-\(epoch)\(step.map { "-step-\($0)" } ?? "").checkpoint"
    }

    var digestName: String { name + ".sha256" }

    init(sequence: Int, epoch: Int, step: Int?) {
        self.sequence = sequence
        self.epoch = epoch
        self.step = step
    }

    /// The entry of a name, or nil for any other text.
    init?(name: String) {
        guard name.hasSuffix(".checkpoint") else { return nil }
        let parts = name.dropLast(".checkpoint".count).split(separator: "-")
        guard parts.count == 3 || parts.count == 5, let sequence = Int(parts[0]), let epoch = Int(parts[2])
        else { return nil }
        self.init(sequence: sequence, epoch: epoch, step: parts.count == 5 ? Int(parts[4]) : nil)
        // Whatever else the text may be: only what this store would have written is a checkpoint.
        guard self.name == name else { return nil }
    }

    /// All checkpoints in a folder by name, oldest first.
    ///
    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)`` where the folder cannot be listed.
    static func all(in folder: URL) throws -> [CheckpointEntry] {
        try DurableFile.names(in: folder).compactMap(Self.init(name:)).sorted { $0.sequence < $1.sequence }
    }
}
