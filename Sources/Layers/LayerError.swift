// SPDX-License-Identifier: MIT

public import Reporting
internal import Tensor

/// What can go wrong with layers and their stored values.
public enum LayerError: Error, Equatable {
    /// A tensor whose shape is not the network's.
    public struct Misshapen: Equatable, Sendable {
        public let key: String
        public let found: [Int]
        public let expected: [Int]
    }

    /// Stored values that are not those of this network.
    case state(missing: [String], unexpected: [String], misshapen: [Misshapen])
}

extension LayerError {
    /// Throws unless stored values have exactly the keys and shapes of a network's own.
    static func check(_ stored: [String: Tensor], against own: [String: Tensor]) throws {
        let missing = own.keys.filter { stored[$0] == nil }.sorted()
        let unexpected = stored.keys.filter { own[$0] == nil }.sorted()
        let misshapen = own.sorted { $0.key < $1.key }.compactMap { key, tensor -> Misshapen? in
            guard let found = stored[key]?.shape, found != tensor.shape else { return nil }
            return Misshapen(key: key, found: found, expected: tensor.shape)
        }
        guard missing.isEmpty, unexpected.isEmpty, misshapen.isEmpty else {
            throw LayerError.state(missing: missing, unexpected: unexpected, misshapen: misshapen)
        }
    }
}

extension LayerError: ReportedError {
    public var exitKind: ExitKind { .badData }

    public var description: String {
        switch self {
        case .state(let missing, let unexpected, let misshapen):
            let parts = [
                listing("missing", missing), listing("unexpected", unexpected),
                listing("misshapen", misshapen.map { "\($0.key) \($0.found), not \($0.expected)" }),
            ]
            return "the stored values do not fit the network: " + parts.compactMap { $0 }.joined(separator: "; ")
        }
    }

    private func listing(_ title: String, _ items: [String]) -> String? {
        guard !items.isEmpty else { return nil }
        let shown = items.prefix(5).joined(separator: ", ")
        return "\(items.count) \(title): \(shown)\(items.count > 5 ? ", …" : "")"
    }
}
