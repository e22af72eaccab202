// SPDX-License-Identifier: MIT

internal import CTorch

extension Tensor {
    /// The same elements in another shape; one length may be −1 and is then computed.
    public func reshaped(_ shape: [Int]) throws -> Tensor {
        try result("reshaped to \(shape)", self) { result in
            withShape(shape) { pt_reshape(handle, $0, $1, result) }
        }
    }

    /// A view with the dimensions in another order.
    public func permuted(_ order: [Int]) throws -> Tensor {
        try result("permuted to \(order)", self) { result in
            withShape(order) { pt_permute(handle, $0, $1, result) }
        }
    }

    /// The transpose of a matrix.
    public func transposed() throws -> Tensor { try unary("transposed", pt_transpose) }

    /// A view of a range of a dimension.
    public func slice(_ range: Range<Int>, along dimension: Int = 0) throws -> Tensor {
        try result("slice \(range)", self) {
            pt_narrow(handle, Int64(dimension), Int64(range.lowerBound), Int64(range.count), $0)
        }
    }

    /// The tensors one after the other along a dimension.
    public static func concatenated(_ parts: [Tensor], along dimension: Int = 0) throws -> Tensor {
        let handles: [OpaquePointer] = parts.map(\.handle)
        return Tensor(
            owning: try making("concatenated", parts) {
                pt_concatenate(handles, Int32(handles.count), Int64(dimension), $0)
            })
    }

    /// The entries of a dimension at the given indices, in that order.
    public func selecting(_ indices: Tensor, along dimension: Int = 0) throws -> Tensor {
        try result("selecting", self, indices) { pt_index_select(handle, Int64(dimension), indices.handle, $0) }
    }

    /// Overwrites rows; records no gradient where none is recorded.
    ///
    /// - Parameters:
    ///   - indices: The rows, each once.
    ///   - rows: Their new elements, in that order.
    public func replaceRows(_ indices: Tensor, by rows: Tensor) throws {
        try check("replaceRows", [self, indices, rows], pt_index_copy(handle, 0, indices.handle, rows.handle))
    }

    /// For each place of `indices` the entry of this tensor's dimension that it names.
    public func gathering(_ indices: Tensor, along dimension: Int) throws -> Tensor {
        try result("gathering", self, indices) { pt_gather(handle, Int64(dimension), indices.handle, $0) }
    }

    /// The sums over entries of a dimension that belong to one group; 0 for a group without any.
    ///
    /// - Parameters:
    ///   - groups: The group of each entry, in `0 ..< count`.
    ///   - count: The length that the dimension gets.
    public func summed(over groups: Tensor, count: Int, along dimension: Int) throws -> Tensor {
        try result("summed over \(count) groups", self, groups) {
            pt_sum_groups(handle, Int64(dimension), groups.handle, Int64(count), $0)
        }
    }

    /// Class labels `[N]` as rows with a single 1, `[N, classes]`.
    public func oneHot(classes: Int) throws -> Tensor {
        try result("oneHot of \(classes) classes", self) { pt_one_hot(handle, Int64(classes), $0) }
    }

    /// Maps `[N, C, H, W]` enlarged on all four sides by reflection.
    public func reflectionPadded(_ padding: Int) throws -> Tensor {
        try result("reflectionPadded by \(padding)", self) { pt_reflection_pad(handle, Int64(padding), $0) }
    }

    /// The same maps `[N, C, H, W]` with channels adjacent in memory, the layout that convolutions run fastest on.
    public func channelsLast() throws -> Tensor { try unary("channelsLast", pt_channels_last) }

    /// The same elements in row-major memory order.
    public func contiguous() throws -> Tensor { try unary("contiguous", pt_contiguous) }

    /// The same elements in memory of their own, with the same layout.
    public func copied() throws -> Tensor { try unary("copied", pt_copy) }
}
