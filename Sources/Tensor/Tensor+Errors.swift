// SPDX-License-Identifier: MIT

internal import CTorch

/// Where an empty array has no address to give.
nonisolated(unsafe) let emptyBytes = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8))

typealias ResultPointer = UnsafeMutablePointer<OpaquePointer?>

/// Throws this thread's error text where a status says that a call failed.
func check(_ operation: String, _ operands: [Tensor], _ status: Int32) throws {
    guard status != 0 else { return }
    let (shapes, reason) = (operands.map(\.shape), lastReason())
    throw status == 2
        ? TensorError.outOfMemory(operation, shapes: shapes, reason: reason)
        : TensorError.operation(operation, shapes: shapes, reason: reason)
}

/// The first line of this thread's error text.
func lastReason() -> String { firstLine(String(cString: pt_last_error())) }

/// Hands a shape to C as lengths and rank.
func withShape<Result>(_ shape: [Int], _ body: (UnsafePointer<Int64>, Int32) throws -> Result) rethrows -> Result {
    // One length more than needed, so that the empty shape of a scalar has an address.
    let lengths = shape.map(Int64.init) + [0]
    return try lengths.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("an array that is not empty has an address") }
        return try body(start, Int32(shape.count))
    }
}

extension Tensor {
    /// Runs a C call that makes one tensor.
    static func making(
        _ operation: String, _ operands: [Tensor], _ call: (ResultPointer) throws -> Int32
    ) throws -> OpaquePointer {
        var handle: OpaquePointer?
        try check(operation, operands, try call(&handle))
        guard let handle else {
            throw TensorError.operation(operation, shapes: operands.map(\.shape), reason: "no result")
        }
        return handle
    }

    func result(_ operation: String, _ operands: Tensor..., call: (ResultPointer) throws -> Int32) throws -> Tensor {
        Tensor(owning: try Tensor.making(operation, operands, call))
    }
}

private func firstLine(_ text: String) -> String {
    String(text.prefix { $0 != "\n" })
}
