// SPDX-License-Identifier: MIT

internal import CTorch

// Elementwise operations follow libtorch's broadcasting: lengths are matched from the last dimension, and a length
// of 1 is repeated.

extension Tensor {
    public static func + (left: Tensor, right: Tensor) throws -> Tensor {
        try left.binary("add", pt_add, right)
    }
    public static func - (left: Tensor, right: Tensor) throws -> Tensor {
        try left.binary("subtract", pt_subtract, right)
    }
    public static func * (left: Tensor, right: Tensor) throws -> Tensor {
        try left.binary("multiply", pt_multiply, right)
    }
    public static func / (left: Tensor, right: Tensor) throws -> Tensor {
        try left.binary("divide", pt_divide, right)
    }

    public static func + (left: Tensor, right: Double) throws -> Tensor {
        try left.scalar("add", pt_add_scalar, right)
    }
    public static func - (left: Tensor, right: Double) throws -> Tensor {
        try left.scalar("subtract", pt_add_scalar, -right)
    }
    public static func * (left: Tensor, right: Double) throws -> Tensor {
        try left.scalar("multiply", pt_multiply_scalar, right)
    }
    public static func / (left: Tensor, right: Double) throws -> Tensor {
        try left.scalar("divide", pt_multiply_scalar, 1 / right)
    }
    public static func * (left: Double, right: Tensor) throws -> Tensor { try right * left }
    public static func + (left: Double, right: Tensor) throws -> Tensor { try right + left }
    public static func - (left: Double, right: Tensor) throws -> Tensor { try -right + left }
    public static func / (left: Double, right: Tensor) throws -> Tensor { try right.power(-1) * left }
    public static prefix func - (operand: Tensor) throws -> Tensor { try operand.unary("negate", pt_negate) }

    /// The matrix product `[M, K] · [K, N] → [M, N]`.
    public func matmul(_ other: Tensor) throws -> Tensor { try binary("matmul", pt_matmul, other) }

    /// `self` to the power of a tensor that may hold gradients, such as GeM's p.
    public func power(_ exponent: Tensor) throws -> Tensor { try binary("power", pt_power, exponent) }
    public func power(_ exponent: Double) throws -> Tensor { try scalar("power", pt_power_scalar, exponent) }

    public func exp() throws -> Tensor { try unary("exp", pt_exp) }
    public func log() throws -> Tensor { try unary("log", pt_log) }
    public func squareRoot() throws -> Tensor { try unary("squareRoot", pt_sqrt) }
    public func squared() throws -> Tensor { try unary("squared", pt_square) }
    public func absolute() throws -> Tensor { try unary("absolute", pt_abs) }
    public func relu() throws -> Tensor { try unary("relu", pt_relu) }
    public func sigmoid() throws -> Tensor { try unary("sigmoid", pt_sigmoid) }
    /// log(1 + eˣ), without overflow.
    public func softplus() throws -> Tensor { try unary("softplus", pt_softplus) }
    public func leakyRelu(slope: Double) throws -> Tensor { try scalar("leakyRelu", pt_leaky_relu, slope) }

    /// Each element, but never less than the bound; elements below it get no gradient.
    public func atLeast(_ bound: Double) throws -> Tensor { try scalar("atLeast", pt_at_least, bound) }

    /// A mask of the elements that are equal.
    public func equals(_ other: Tensor) throws -> Tensor { try binary("equals", pt_equal, other) }
    public func isGreater(than bound: Double) throws -> Tensor { try scalar("isGreater", pt_greater_scalar, bound) }

    /// At each place the first tensor's element where this mask is true, otherwise the second's.
    public func choosing(_ yes: Tensor, else no: Tensor) throws -> Tensor {
        try result("choosing", self, yes, no) { pt_where(handle, yes.handle, no.handle, $0) }
    }

    public func converted(to type: ElementType) throws -> Tensor {
        try result("converted", self) { pt_to_dtype(handle, type.raw, $0) }
    }

    // MARK: Reductions

    public func sum() throws -> Tensor { try unary("sum", pt_sum) }
    public func mean() throws -> Tensor { try unary("mean", pt_mean) }

    /// The sum along a dimension, which is kept with length 1.
    public func sum(along dimension: Int) throws -> Tensor { try along("sum", pt_sum_along, dimension) }
    /// The mean along a dimension, which is kept with length 1.
    public func mean(along dimension: Int) throws -> Tensor { try along("mean", pt_mean_along, dimension) }
    public func softmax(along dimension: Int) throws -> Tensor { try along("softmax", pt_softmax, dimension) }
    public func logSoftmax(along dimension: Int) throws -> Tensor { try along("logSoftmax", pt_log_softmax, dimension) }

    /// The largest values along a dimension, which is kept with length 1, and where they stand.
    public func maximum(along dimension: Int) throws -> (values: Tensor, indices: Tensor) {
        try extreme("maximum", dimension, largest: true)
    }

    /// The smallest values along a dimension, which is kept with length 1, and where they stand.
    public func minimum(along dimension: Int) throws -> (values: Tensor, indices: Tensor) {
        try extreme("minimum", dimension, largest: false)
    }

    /// The smallest values of each row of `[R, N]`, float32, smallest first and equal ones by column, `[R, count]`, and their
    /// columns.
    ///
    /// - Parameter count: Up to N.
    public func smallest(_ count: Int) throws -> (values: Tensor, indices: Tensor) {
        try places("smallest \(count)") { pt_smallest(handle, Int64(count), $0, $1) }
    }

    /// Rows divided by their Euclidean length, at least ε so that a row of zeros stays zero.
    ///
    /// - Parameter epsilon: As in the reference implementations' `normalize`, 1e-12.
    /// - Returns: The shape of `self`, `[N, D]`.
    public func normalisedRows(epsilon: Double = 1e-12) throws -> Tensor {
        try self / squared().sum(along: 1).atLeast(epsilon * epsilon).squareRoot()
    }

    // MARK: The three families of the C interface

    func unary(_ name: String, _ op: pt_unary_op) throws -> Tensor {
        try result(name, self) { pt_unary(op, handle, $0) }
    }

    private func binary(_ name: String, _ op: pt_binary_op, _ other: Tensor) throws -> Tensor {
        try result(name, self, other) { pt_binary(op, handle, other.handle, $0) }
    }

    private func scalar(_ name: String, _ op: pt_scalar_op, _ value: Double) throws -> Tensor {
        try result(name, self) { pt_scalar(op, handle, value, $0) }
    }

    private func along(_ name: String, _ op: pt_along_op, _ dimension: Int) throws -> Tensor {
        try result(name, self) { pt_along(op, handle, Int64(dimension), $0) }
    }

    private func extreme(
        _ name: String, _ dimension: Int, largest: Bool
    ) throws -> (values: Tensor, indices: Tensor) {
        try places(name) { pt_extreme(handle, Int64(dimension), largest, $0, $1) }
    }

    private func places(
        _ name: String, _ call: (ResultPointer, ResultPointer) -> Int32
    ) throws -> (values: Tensor, indices: Tensor) {
        var indices: OpaquePointer?
        let values = try result(name, self) { call($0, &indices) }
        guard let indices else { throw TensorError.operation(name, shapes: [shape], reason: "no indices") }
        return (values, Tensor(owning: indices))
    }
}
