// SPDX-License-Identifier: MIT

public import Tensor
public import Testing

/// How far a value may be from the wanted one: `absolute + relative · |wanted|`.
public struct Tolerance: Sendable {
    public let relative: Double
    public let absolute: Double

    public init(relative: Double, absolute: Double) {
        self.relative = relative
        self.absolute = absolute
    }

    /// A few roundings in single precision (one is 6e-8 relative).
    public static let roundings = Tolerance(relative: 1e-6, absolute: 1e-6)
    /// Wanted values printed with six decimals (half a unit: 5e-7), by another order of the same roundings.
    public static let sixDecimals = Tolerance(relative: 2e-6, absolute: 1e-6)
}

/// Expects values close to the wanted ones, as many, in order.
public func expectClose(
    _ values: [Double], _ wanted: [Double], _ tolerance: Tolerance = .roundings,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(values.count == wanted.count, sourceLocation: sourceLocation)
    for (index, (value, want)) in zip(values, wanted).enumerated() {
        let allowed = tolerance.absolute + tolerance.relative * abs(want)
        #expect(
            abs(value - want) <= allowed, "element \(index): \(value), wanted \(want) ± \(allowed)",
            sourceLocation: sourceLocation)
    }
}

public func expectClose(
    _ values: [Float], _ wanted: [Double], _ tolerance: Tolerance = .roundings,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(values.map { Double($0) }, wanted, tolerance, sourceLocation: sourceLocation)
}

public func expectClose(
    _ tensor: Tensor, _ wanted: [Double], _ tolerance: Tolerance = .roundings,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    expectClose(try tensor.floats(), wanted, tolerance, sourceLocation: sourceLocation)
}

extension Tensor {
    /// The elements in row-major order, whatever their type.
    public func doubles() throws -> [Double] { try converted(to: .float64).elements(zero: 0.0) }
}

/// A tensor of f(0), f(1), … in row-major order.
public func tensor(_ shape: [Int], _ function: (Double) -> Double) throws -> Tensor {
    try Tensor((0..<shape.reduce(1, *)).map { Float(function(Double($0))) }, shape: shape)
}
