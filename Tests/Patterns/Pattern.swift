// SPDX-License-Identifier: MIT

public import Layers
public import Tensor

/// The values that fixtures fill networks and images with; the rule is explained in `reference_networks.py`, beside the
/// backbones' fixture.
public enum Pattern {
    private static let table: [Float] = {
        var state: UInt32 = 1
        return (0..<65_521).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> 8) / 8_388_608 - 1
        }
    }()

    /// The 64-bit FNV-1a hash.
    private static func fingerprint(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// Numbers in [−1, 1): the table from the key's place on, over and over.
    public static func tensor(_ key: String, shape: [Int]) throws -> Tensor {
        let start = Int(fingerprint(key) % UInt64(table.count))
        let turn = Array(table[start...] + table[..<start])
        let count = shape.reduce(1, *)
        var values: [Float] = []
        values.reserveCapacity(count)
        while values.count + turn.count <= count { values.append(contentsOf: turn) }
        values.append(contentsOf: turn[..<(count - values.count)])
        return try Tensor(values, shape: shape)
    }

    /// Images whose contrast grows from one to the next.
    public static func images(_ shape: [Int]) throws -> Tensor {
        let contrast = (0..<shape[0]).map { Float($0 + 1) / 2 }
        return try tensor("images", shape: shape) * Tensor(contrast, shape: [shape[0], 1, 1, 1])
    }

    /// Images of which no two look alike: squares of one colour each under noise.
    public static func patches(_ shape: [Int], side: Int = 32) throws -> Tensor {
        let contrast = (0..<shape[0]).map { Float($0 + 1) / 2 }
        let (rows, columns) = (shape[2] / side, shape[3] / side)
        let colours =
            try tensor("patches", shape: [shape[0], shape[1], rows, columns])
            * Tensor(contrast, shape: [shape[0], 1, 1, 1])
        let squares =
            try colours.reshaped([shape[0], shape[1], rows, 1, columns, 1])
            * Tensor.full(1, shape: [1, 1, 1, side, 1, side])
        return try squares.reshaped(shape) + tensor("images", shape: shape) / 4
    }

    /// Overwrites every tensor of a network but its counters, with numbers of single precision.
    ///
    /// - Parameter name: Stands before the keys, so that one of several networks has values of its own.
    public static func fill(_ store: ParameterStore, named name: String = "") throws {
        for entry in store.entries where entry.tensor.elementType != .int64 {
            let shape = entry.tensor.shape
            try entry.tensor.copy(from: rule(entry.key, shape, tensor(name + entry.key, shape: shape)))
        }
    }

    private static func rule(_ key: String, _ shape: [Int], _ unit: Tensor) throws -> Tensor {
        switch key {
        case _ where shape.count == 4 || shape.count == 2:
            try unit * (6 * Double(shape[0]) / Double(shape.reduce(1, *))).squareRoot()
        case "gap.p": try unit * 0.5 + 3
        case _ where key.hasSuffix("running_var"): try unit * 0.5 + 1
        case _ where key.hasSuffix("weight"): try unit * 0.2 + 0.5
        case _ where key.hasSuffix("bias"): try unit * 0.2 + 0.2
        default: try unit * 0.2
        }
    }
}
