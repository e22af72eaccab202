// SPDX-License-Identifier: MIT

/// What can go wrong with tensors and their files.
public enum TensorError: Error, Equatable {
    /// libtorch refused an operation.
    case operation(String, shapes: [[Int]], reason: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// A file is not what its format allows.
    case malformed(path: String, reason: String)
}

extension TensorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .operation(let name, let shapes, let reason):
            let operands = shapes.map { "[\($0.map(String.init).joined(separator: ", "))]" }
            return "\(name)(\(operands.joined(separator: ", "))): \(reason)"
        case .unreadable(let path, let reason):
            return "\(path): cannot be read: \(reason)"
        case .unwritable(let path, let reason):
            return "\(path): cannot be written: \(reason)"
        case .malformed(let path, let reason):
            return "\(path): not a safetensors file: \(reason)"
        }
    }
}
