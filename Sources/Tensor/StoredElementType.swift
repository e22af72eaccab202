// SPDX-License-Identifier: MIT

internal import CTorch

/// The type of elements as a file holds them, by safetensors' name for it.
public enum StoredElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"

    /// The size of one element in the file, in bytes.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// What the elements become in memory: every float a float32, every signed integer an int64.
    ///
    /// Exact but for float64, which is rounded to the nearest float32.
    public var elementType: ElementType {
        switch self {
        case .float64, .float32, .float16, .bfloat16: .float32
        case .int64, .int32, .int16, .int8: .int64
        case .uint8: .uint8
        case .bool: .bool
        }
    }

    fileprivate var raw: pt_stored {
        switch self {
        case .float64: pt_stored_float64
        case .float32: pt_stored_float32
        case .float16: pt_stored_float16
        case .bfloat16: pt_stored_bfloat16
        case .int64: pt_stored_int64
        case .int32: pt_stored_int32
        case .int16: pt_stored_int16
        case .int8: pt_stored_int8
        case .uint8: pt_stored_uint8
        case .bool: pt_stored_bool
        }
    }
}

/// The number of elements of a shape; nil where a length is negative or the product too large, even without the
/// lengths that are zero: libtorch multiplies those as well.
func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: max(length, 1))
        guard length >= 0, !overflow else { return nil }
        count = product
    }
    return shape.contains(0) ? 0 : count
}

extension Tensor {
    /// Reads elements in row-major order, with one copy where they are in memory what they are in the file.
    ///
    /// - Parameters:
    ///   - shape: The caller has checked that so many elements lie within the source from `offset` on.
    ///   - inspecting: Is shown the bytes as read.
    convenience init(
        stored type: StoredElementType, shape: [Int], from source: ByteSource, at offset: Int,
        inspecting: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        guard let count = elementCount(of: shape) else { preconditionFailure("a tensor of shape \(shape)") }
        let target = type.elementType
        if type.rawValue == target.rawValue, type != .bool {
            self.init(
                owning: try Tensor.making("tensor", []) { result in
                    withShape(shape) { pt_uninitialised(target.raw, $0, $1, result) }
                })
            let bytes = UnsafeMutableRawBufferPointer(start: pt_bytes(handle), count: count * type.byteCount)
            try source.read(into: bytes, at: offset)
            try inspecting(UnsafeRawBufferPointer(bytes))
        } else {
            let bytes = try source.bytes(at: offset, count: count * type.byteCount)
            try bytes.withUnsafeBytes(inspecting)
            self.init(
                owning: try bytes.withUnsafeBytes { buffer in
                    try Tensor.making("tensor", []) { result in
                        withShape(shape) {
                            pt_from_stored(buffer.baseAddress ?? emptyBytes, type.raw, target.raw, $0, $1, result)
                        }
                    }
                })
        }
    }

    /// A view of a storage's elements; the caller has checked that it stays within it.
    func view(shape: [Int], strides: [Int], offset: Int) throws -> Tensor {
        try result("view", self) { made in
            withShape(shape) { lengths, rank in
                withShape(strides) { steps, _ in pt_view(handle, lengths, steps, rank, Int64(offset), made) }
            }
        }
    }
}
