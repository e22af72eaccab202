// SPDX-License-Identifier: MIT

internal import Layers
internal import Tensor

/// Names behind those of the objects that a program keeps its network in: `module.model.conv1.weight`.
enum WrappedNames {
    /// Programs wrap a network in a few objects.
    private static let mostLevels = 4

    /// The tensors as they are, then without the first level of most names, the second, and so on.
    ///
    /// Names that begin otherwise stay: a loss with parameters of its own stands beside the network.
    static func unwrapped(_ stored: StateDictionary) -> [(prefix: String, state: StateDictionary)] {
        var all = [(prefix: "", state: stored)]
        while all.count <= mostLevels, let (prefix, state) = all.last, let level = commonLevel(of: state.keys) {
            let renamed = state.map { name, tensor in
                (name.hasPrefix(level) ? String(name.dropFirst(level.count)) : name, tensor)
            }
            let next = Dictionary(renamed) { first, _ in first }
            // Fewer where two tensors would have one name.
            guard next.count == state.count else { break }
            all.append((prefix + level, next))
        }
        return all
    }

    /// The first level, with its dot, that more than half of the names have.
    private static func commonLevel(of names: some Collection<String>) -> String? {
        var counts: [Substring: Int] = [:]
        for name in names {
            guard let dot = name.firstIndex(of: ".") else { continue }
            counts[name[...dot], default: 0] += 1
        }
        return counts.first { 2 * $0.value > names.count }.map { String($0.key) }
    }
}

extension StateDictionary {
    /// Tensors of one number in the shape that they have in another dictionary.
    func withSingleNumbers(shapedAs other: StateDictionary) throws -> StateDictionary {
        var state = self
        for (key, tensor) in self where tensor.count == 1 {
            guard let shape = other[key]?.shape, shape != tensor.shape, shape.allSatisfy({ $0 == 1 }) else { continue }
            state[key] = try tensor.reshaped(shape)
        }
        return state
    }
}
