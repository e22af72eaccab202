// SPDX-License-Identifier: MIT

internal import CTorch

/// The type of a tensor's elements.
public enum ElementType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case int64 = "I64"
    case uint8 = "U8"
    case bool = "BOOL"
    case bfloat16 = "BF16"
    /// For comparisons with exact values; files of this type are read as ``float32``.
    case float64 = "F64"

    var raw: pt_dtype {
        switch self {
        case .float32: pt_float32
        case .int64: pt_int64
        case .uint8: pt_uint8
        case .bool: pt_bool
        case .bfloat16: pt_bfloat16
        case .float64: pt_float64
        }
    }

    /// The size of one element in bytes.
    public var byteCount: Int {
        switch self {
        case .float32: 4
        case .int64, .float64: 8
        case .uint8, .bool: 1
        case .bfloat16: 2
        }
    }
}

/// An n-dimensional array of libtorch, with gradients.
///
/// Operations throw ``TensorError/operation(_:shapes:reason:)``, which names the operation and the shapes of all
/// operands, where libtorch refuses them. One `try` covers a whole expression.
///
/// Made on the process's device, see ``Engine/prepare(threads:device:precision:isDeterministic:)``; files are read into the
/// processor's memory.
///
/// A reference type: copies of the reference share elements. Not `Sendable`; a tensor stays on the thread that
/// trains with it.
public final class Tensor {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        pt_free(handle)
    }

    /// A tensor with the given elements.
    ///
    /// - Parameters:
    ///   - values: Elements in row-major order; as many as the product of `shape`.
    ///   - shape: The length of each dimension.
    public convenience init(_ values: [Float], shape: [Int]) throws {
        try self.init(elements: [values], shape: shape, type: .float32)
    }

    /// A tensor of several lists of elements, one behind the other, each of which is copied once.
    ///
    /// - Parameters:
    ///   - parts: Elements in row-major order; together as many as the product of `shape`.
    ///   - shape: The length of each dimension.
    public convenience init(joining parts: [[Float]], shape: [Int]) throws {
        try self.init(elements: parts, shape: shape, type: .float32)
    }

    /// A tensor of integers, such as class labels or indices.
    public convenience init(_ values: [Int], shape: [Int]? = nil) throws {
        try self.init(elements: [values.map(Int64.init)], shape: shape ?? [values.count], type: .int64)
    }

    private convenience init<Element: BitwiseCopyable>(
        elements parts: [[Element]], shape: [Int], type: ElementType
    ) throws {
        let count = parts.reduce(0) { $0 + $1.count }
        precondition(count == shape.reduce(1, *), "\(count) elements do not fill shape \(shape)")
        var place: UnsafeMutableRawPointer?
        let made = try Tensor.making("tensor", []) { result in
            withShape(shape) { pt_unset(type.raw, $0, $1, &place, result) }
        }
        for part in parts {
            try part.withUnsafeBytes { bytes in
                guard let source = bytes.baseAddress, let target = place else { return }
                try check("tensor", [], pt_copy_memory(target, source, Int64(bytes.count)))
                place = target.advanced(by: bytes.count)
            }
        }
        let filled = Tensor(owning: made)
        self.init(owning: try Tensor.making("tensor", []) { pt_move(filled.handle, $0) })
    }

    /// A tensor filled with one value.
    public static func full(_ value: Double, shape: [Int], type: ElementType = .float32) throws -> Tensor {
        Tensor(
            owning: try making("full", []) { result in
                withShape(shape) { pt_full(value, type.raw, $0, $1, result) }
            })
    }

    /// Zeros with this tensor's shape, element type and memory layout.
    public func zerosLike() throws -> Tensor {
        try result("zerosLike", self) { pt_zeros_like(handle, $0) }
    }

    // MARK: Facts

    /// The length of each dimension.
    public var shape: [Int] {
        var lengths = [Int64](repeating: 0, count: Int(pt_rank(handle)))
        pt_shape(handle, &lengths)
        return lengths.map(Int.init)
    }

    public var count: Int { shape.reduce(1, *) }

    /// What the elements are on.
    public var device: Device { Device(card: pt_card_of(handle)) }

    /// The tensor on the process's device; itself where it is there.
    public func onDevice() throws -> Tensor { try result("onDevice", self) { pt_move(handle, $0) } }

    /// The size of all elements in bytes.
    public var byteCount: Int { count * elementType.byteCount }

    public var elementType: ElementType {
        switch pt_dtype_of(handle) {
        case pt_int64: .int64
        case pt_uint8: .uint8
        case pt_bool: .bool
        case pt_bfloat16: .bfloat16
        case pt_float64: .float64
        default: .float32
        }
    }

    // MARK: Elements

    /// The elements in row-major order of a tensor of floats.
    public func floats() throws -> [Float] {
        precondition(elementType == .float32, "floats() of a tensor of \(elementType)")
        return try elements(zero: Float(0))
    }

    /// The elements in row-major order of a tensor of integers.
    public func integers() throws -> [Int] {
        precondition(elementType == .int64, "integers() of a tensor of \(elementType)")
        return try elements(zero: Int64(0)).map(Int.init)
    }

    /// The only element of a tensor of one float.
    public func scalar() throws -> Float {
        let values = try floats()
        precondition(values.count == 1, "scalar() of a tensor of \(values.count) elements")
        return values[0]
    }

    /// Whether no element is infinite or not a number.
    public func isFinite() throws -> Bool {
        var finite = false
        try check("isFinite", [self], pt_all_finite(handle, &finite))
        return finite
    }

    /// Overwrites the elements with another tensor's, keeping this one's memory layout; records no gradient.
    public func copy(from source: Tensor) throws {
        try check("copy", [self, source], pt_copy_into(handle, source.handle))
    }

    package func elements<Element>(zero: Element) throws -> [Element] {
        var values = [Element](repeating: zero, count: count)
        try values.withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress {
                try check("elements", [self], pt_copy_to_bytes(handle, start, Int64(bytes.count)))
            }
        }
        return values
    }
}
