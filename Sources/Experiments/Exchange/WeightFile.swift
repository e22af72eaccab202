// SPDX-License-Identifier: MIT

public import Layers
public import Tensor
public import Vocabulary

/// Weights in a file: safetensors, or what `torch.save` writes.
public struct WeightFile {
    public let path: String
    public let format: FileFormat
    /// Under the names of the file, without a `module.` that all of them begin with.
    public let tensors: StateDictionary
    /// What the file says beside the tensors, such as `epoch` and `best_mAP`, as text.
    public let facts: [String: String]
    /// What the tensors were taken out of.
    public let surroundings: Checkpoint.Surroundings

    /// Reads weights that are to be used.
    ///
    /// - Parameter key: The key that the tensors are under in a checkpoint; found without it where one stands out.
    /// - Throws: `TensorError` where the file is damaged, holds no dictionary of tensors or several that could be meant,
    ///   or is something else altogether; ``WeightFileError/notFinite(path:_:)``.
    /// - Complexity: One pass over the values beside reading them.
    public init(readingFrom path: String, under key: String? = nil) throws {
        try self.init(inspecting: path, under: key)
        try tensors.requireFinite(in: path)
    }

    /// Reads weights that are only looked at, with whatever values they have.
    ///
    /// - Throws: `TensorError`.
    public init(inspecting path: String, under key: String? = nil) throws {
        self.path = path
        if FileEnding.safetensors.isOf(path) {
            let file = try Safetensors(readingFrom: path)
            (format, tensors, facts) = (.safetensors, file.tensors, file.metadata)
            surroundings = Checkpoint.Surroundings()
        } else {
            let file = try PyTorchFile(readingFrom: path)
            let checkpoint = try file.checkpoint(under: key)
            (format, tensors) = (file.format, checkpoint.tensors)
            facts = checkpoint.fields.mapValues(\.text)
            surroundings = checkpoint.surroundings
        }
    }

    /// How the names of files end that ``write(_:facts:to:)`` makes.
    public static let endings = [.safetensors] + ["pth", "pt", "pth.tar"].map(FileEnding.init)

    /// Writes weights in the format that the path's ending asks for: safetensors, or else PyTorch's.
    public static func write(_ state: StateDictionary, facts: [String: String] = [:], to path: String) throws {
        if FileEnding.safetensors.isOf(path) {
            try Safetensors(tensors: state, metadata: facts).write(to: path)
        } else {
            let entries = state.sorted { $0.key < $1.key }
            let fields = facts.filter { $0.key != Checkpoint.usualKey }.mapValues { Checkpoint.Field(text: $0) }
            try Checkpoint(entries.map { (name: $0.key, tensor: $0.value) }, fields: fields).write(to: path)
        }
    }

    /// The tensors with values that no network can have, by name.
    public func notFinite() throws -> [NotFiniteTensor] { try tensors.notFinite() }

    /// Writes every tensor of a file in another format, whatever network it is: under its own name, in its own type.
    ///
    /// - Returns: The number of tensors, and what they were taken out of.
    /// - Throws: As ``init(readingFrom:under:)``, and `TensorError.unwritable`.
    public static func copy(
        _ input: String, under key: String? = nil, to output: String
    ) throws -> (count: Int, surroundings: Checkpoint.Surroundings) {
        let stored =
            FileEnding.safetensors.isOf(input)
            ? try StoredTensors(safetensors: input) : try StoredTensors(PyTorchFile(readingFrom: input), under: key)
        if FileEnding.safetensors.isOf(output) {
            try stored.writeSafetensors(to: output)
        } else {
            try stored.writeCheckpoint(to: output)
        }
        return (stored.count, stored.surroundings)
    }
}

extension Checkpoint.Surroundings {
    /// What a user should know of how the tensors were found: a line each, none where they were where they usually are.
    public var notes: [String] {
        var notes: [String] = []
        if !keys.isEmpty, keys != [Checkpoint.usualKey] {
            notes.append("the tensors under '\(keys.joined(separator: "."))' were taken")
        }
        if !others.isEmpty { notes.append("left out, as no tensors: \(shown(others))") }
        if !foreignClasses.isEmpty {
            notes.append("left out, as nothing is executed: objects of \(shown(foreignClasses))")
        }
        return notes
    }

    private func shown(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
