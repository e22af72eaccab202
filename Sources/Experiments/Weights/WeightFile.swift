// SPDX-License-Identifier: MIT

public import Layers
public import Tensor

/// Weights in a file: safetensors, or what `torch.save` writes.
public struct WeightFile {
    public let path: String
    public let format: FileFormat
    /// Under the names of the file, without a `module.` that all of them begin with.
    public let tensors: StateDictionary
    /// What the file says beside the tensors, such as `epoch` and `best_mAP`, as text.
    public let facts: [String: String]

    /// Reads weights that are to be used.
    ///
    /// - Throws: `TensorError` where the file is damaged, holds anything but tensors and plain values, or is something
    ///   else altogether; ``WeightFileError/notFinite(path:_:)``.
    /// - Complexity: One pass over the values beside reading them.
    public init(readingFrom path: String) throws {
        try self.init(inspecting: path)
        try tensors.requireFinite(in: path)
    }

    /// Reads weights that are only looked at, with whatever values they have.
    ///
    /// - Throws: `TensorError`.
    public init(inspecting path: String) throws {
        self.path = path
        if Self.isSafetensors(path) {
            let file = try Safetensors(readingFrom: path)
            (format, tensors, facts) = (.safetensors, file.tensors, file.metadata)
        } else {
            let file = try PyTorchFile(readingFrom: path)
            let checkpoint = try file.checkpoint()
            (format, tensors) = (file.format, checkpoint.tensors)
            facts = checkpoint.fields.mapValues(\.text)
        }
    }

    /// Writes weights in the format that the path's ending asks for: safetensors, or else PyTorch's.
    public static func write(_ state: StateDictionary, facts: [String: String] = [:], to path: String) throws {
        if isSafetensors(path) {
            try Safetensors(tensors: state, metadata: facts).write(to: path)
        } else {
            let entries = state.sorted { $0.key < $1.key }
            let fields = facts.mapValues { Checkpoint.Field($0) }
            try Checkpoint(entries.map { (name: $0.key, tensor: $0.value) }, fields: fields).write(to: path)
        }
    }

    /// The tensors with values that no network can have, by name.
    public func notFinite() throws -> [NotFiniteTensor] { try tensors.notFinite() }

    private static func isSafetensors(_ path: String) -> Bool { path.hasSuffix(".safetensors") }
}

extension Checkpoint.Field {
    /// A number where the text is one.
    fileprivate init(_ text: String) {
        self = Int(text).map(Self.integer) ?? Double(text).map(Self.number) ?? .text(text)
    }

    fileprivate var text: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        }
    }
}
