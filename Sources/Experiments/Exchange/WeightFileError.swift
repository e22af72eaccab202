// SPDX-License-Identifier: MIT

public import Layers
public import Reporting
internal import Tensor

/// A stored tensor with values that no network can have.
public struct NotFiniteTensor: Sendable, Equatable, Encodable {
    public let tensor: String
    /// How many of its values are NaN or infinite, and how many it has.
    public let count: Int
    public let total: Int
    /// The index of the first of them, in row-major order.
    public let first: Int
}

extension NotFiniteTensor: CustomStringConvertible {
    public var description: String {
        "'\(tensor)' has \(count) of \(total) values that are NaN or infinite, the first at index \(first)"
    }
}

/// What can be wrong with stored weights whose file is whole.
public enum WeightFileError: ReportedError, Equatable {
    /// By the names of the tensors, in order.
    case notFinite(path: String, [NotFiniteTensor])
    /// Something that is said of the network cannot be.
    case unusableFact(path: String, name: String, found: String, allowed: String)
    /// Its tensors are those of no network of the shape that is needed.
    case unfit(path: String, LayerError)

    public var exitKind: ExitKind { .badData }

    public var description: String {
        switch self {
        case .notFinite(let path, let tensors):
            let shown = tensors.prefix(5).map(\.description).joined(separator: "; ")
            let rest = tensors.count > 5 ? "; and \(tensors.count - 5) tensors more" : ""
            return "\(path): \(shown)\(rest); every value of a network must be finite"
        case .unusableFact(let path, let name, let found, let allowed):
            return "\(path): '\(name)' is '\(found)'; allowed: \(allowed)"
        case .unfit(let path, let error): return "\(path): \(error)"
        }
    }
}

extension [String: Tensor] {
    /// The tensors with a NaN or an infinity, by name.
    ///
    /// - Complexity: One pass over the values, two over those of a tensor that has one.
    func notFinite() throws -> [NotFiniteTensor] {
        try sorted { $0.key < $1.key }.compactMap { name, tensor in
            guard try !tensor.isFinite() else { return nil }
            let values = try tensor.converted(to: .float32).floats()
            let places = values.indices.filter { !values[$0].isFinite }
            return NotFiniteTensor(tensor: name, count: places.count, total: values.count, first: places.first ?? 0)
        }
    }

    /// - Throws: ``WeightFileError/notFinite(path:_:)``: a ReLU behind a convolution of NaNs gives zeros, so that nothing
    ///   later would show it.
    func requireFinite(in path: String) throws {
        let found = try notFinite()
        guard found.isEmpty else { throw WeightFileError.notFinite(path: path, found) }
    }
}
