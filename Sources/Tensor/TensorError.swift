// SPDX-License-Identifier: MIT

public import Reporting

/// What can go wrong with tensors and their files.
public enum TensorError: Error, Equatable {
    /// libtorch refused an operation.
    case operation(String, shapes: [[Int]], reason: String)
    /// There was no memory for an operation's result.
    case outOfMemory(String, shapes: [[Int]], reason: String)
    /// The device that was asked for is not there, or cannot be computed on.
    case deviceMissing(Device, reason: String)
    /// There is no file of that name.
    case noFile(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// A file is not what the format that it was read as allows.
    case malformed(path: String, format: FileFormat, reason: String)
    /// A file that is in no format of PyTorch's; `found` says what it looks like.
    case notACheckpoint(path: String, found: String)
    /// A checkpoint is an object of a class that tensors and plain values do not need. It was not made.
    case foreignClass(path: String, name: String)
    /// A checkpoint holds no dictionary of tensors under the key, and is none itself.
    case noStateDictionary(path: String, key: String, found: [String])
    /// A checkpoint holds several dictionaries of equally many tensors, none under a usual key.
    case severalStateDictionaries(path: String, keys: [String])
}

/// The formats of files that hold tensors.
public enum FileFormat: String, Sendable {
    case safetensors = "safetensors file"
    /// What `torch.save` writes since PyTorch 1.6.
    case pyTorchZip = "PyTorch checkpoint (zip)"
    /// What `torch.save` wrote before PyTorch 1.6.
    case pyTorchLegacy = "PyTorch checkpoint (legacy)"
    /// What `numpy.savez` and `numpy.savez_compressed` write.
    case numPyArchive = "NumPy archive (.npz)"
}

extension TensorError: ReportedError {
    public var exitKind: ExitKind {
        switch self {
        case .operation: .defect
        case .outOfMemory, .deviceMissing, .noFile: .missing
        case .unwritable: .resumable
        case .unreadable, .malformed, .notACheckpoint, .foreignClass, .noStateDictionary, .severalStateDictionaries: .badData
        }
    }

    public var description: String {
        switch self {
        case .operation(let name, let shapes, let reason):
            return "\(Self.call(name, shapes)): \(reason)"
        case .outOfMemory(let name, let shapes, let reason):
            return "not enough memory for \(Self.call(name, shapes)): \(reason). Close other programs, or choose smaller "
                + "batches or images; a run that has begun can be continued with --resume"
        case .deviceMissing(let device, let reason):
            return "device '\(device)' cannot be computed on: \(reason). What this machine has: passerby doctor; without a "
                + "card: device=cpu"
        case .noFile(let path):
            return "\(path): there is no such file"
        case .unreadable(let path, let reason):
            return "\(path): cannot be read: \(reason)"
        case .unwritable(let path, let reason):
            return "\(path): cannot be written: \(reason)"
        case .malformed(let path, let format, let reason):
            return "\(path): not a \(format.rawValue): \(reason)"
        case .notACheckpoint(let path, let found):
            return "\(path): not a PyTorch checkpoint but \(found)"
        case .foreignClass(let path, let name):
            return "\(path): is an object of '\(name)', which nothing but that class's own code can read, and nothing is "
                + "executed; allowed: a dictionary of tensors, as torch.save(network.state_dict(), …) writes it"
        case .noStateDictionary(let path, let key, let found):
            let shown = found.prefix(20).joined(separator: ", ") + (found.count > 20 ? ", …" : "")
            let known = found.isEmpty ? "no keys at all" : "the keys \(shown)"
            return "\(path): no dictionary of tensors under '\(key)'; found \(known)"
        case .severalStateDictionaries(let path, let keys):
            let shown = keys.prefix(20).map { "'\($0)'" }.joined(separator: ", ") + (keys.count > 20 ? ", …" : "")
            return
                "\(path): equally many tensors under \(shown); say with --key which are meant, or give each a file of its "
                + "own with 'weights convert --as-is --key KEY'"
        }
    }

    private static func call(_ name: String, _ shapes: [[Int]]) -> String {
        let operands = shapes.map { "[\($0.map(String.init).joined(separator: ", "))]" }
        return "\(name)(\(operands.joined(separator: ", ")))"
    }
}
