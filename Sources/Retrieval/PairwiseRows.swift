// SPDX-License-Identifier: MIT

// Shapes: N stacked rows · D dimensions · C camera dimensions.

/// Rows whose distances are wanted, stacked from one or two sets without copying them, and the distance
/// itself.
///
/// The distance of rows i and j is `sᵢ + sⱼ − 2(fᵢ·fⱼ − w·cᵢ·cⱼ)`: with unit features, `s = 1 − w` and camera
/// features `c` it is `Δ = P(f) − w·P(c)`, and with `s = ‖f‖²` and no camera the squared distance of raw
/// features.
struct PairwiseRows: Sendable {
    /// One of the stacked sets.
    struct Part: Sendable {
        let count: Int
        let dimension: Int
        /// `[count, D]`.
        let features: [Float]
        let cameraDimension: Int
        /// `[count, C]`, or empty without cameras.
        let cameras: [Float]
        /// What each row adds to its distances, `s`.
        let offsets: [Float]
    }

    /// Neighbouring rows of one part.
    struct Block: Sendable {
        let part: Int
        /// Inside the part.
        let rows: Range<Int>
        /// The stacked row number of the first one.
        let first: Int
    }

    let parts: [Part]
    let cameraWeight: Float
    /// Whether distances are squared once more, as the published re-ranking does.
    let squaresDistances: Bool
    let blocks: [Block]
    let count: Int

    /// A difference below this share of `(sᵢ + sⱼ)/2` is rounding, and counts as zero: `2 − 2cos` resolves no
    /// less in single precision, and equal rows must be at equal distance from all others, whatever the
    /// kernel.
    static let resolution: Float = 1e-6

    init(
        _ parts: [Part], cameraWeight: Float = 0, squaresDistances: Bool = false, blockLength: Int
    ) {
        self.parts = parts
        self.cameraWeight = cameraWeight
        self.squaresDistances = squaresDistances
        var blocks: [Block] = []
        var first = 0
        for (part, rows) in parts.enumerated() {
            for start in stride(from: 0, to: rows.count, by: blockLength) {
                let range = start..<min(rows.count, start + blockLength)
                blocks.append(Block(part: part, rows: range, first: first + start))
            }
            first += rows.count
        }
        self.blocks = blocks
        count = first
    }

    /// Writes the distances of two blocks of rows, `[left, right]`, into rows of `stride` values.
    func fill(_ out: UnsafeMutablePointer<Float>, stride: Int, left: Block, right: Block) {
        let (leftPart, rightPart) = (parts[left.part], parts[right.part])
        multiply(\.features, \.dimension, scale: 1, keep: 0, out, stride, left, right)
        if cameraWeight != 0 {
            multiply(\.cameras, \.cameraDimension, scale: -cameraWeight, keep: 1, out, stride, left, right)
        }
        rightPart.offsets.withUnsafeBufferPointer { offsets in
            let offsets = UnsafeBufferPointer(rebasing: offsets[right.rows])
            for (row, place) in left.rows.enumerated() {
                let line = UnsafeMutableBufferPointer(start: out + row * stride, count: offsets.count)
                turnIntoDistances(line, leftPart.offsets[place], offsets)
            }
        }
        guard left.first == right.first else { return }
        mirror(out, stride: stride, count: left.rows.count)
    }

    /// The distance of one pair of stacked rows.
    func distance(_ left: Int, _ right: Int) -> Float {
        if left == right { return 0 }
        // The smaller row goes first, so that both directions have the same bits.
        let (leftPart, leftRow) = place(min(left, right))
        let (rightPart, rightRow) = place(max(left, right))
        var product = dot(leftPart.features, leftRow, rightPart.features, rightRow, leftPart.dimension)
        if cameraWeight != 0 {
            let camera = dot(
                leftPart.cameras, leftRow, rightPart.cameras, rightRow, leftPart.cameraDimension)
            product -= cameraWeight * camera
        }
        let distance = Self.distance(product, leftPart.offsets[leftRow] + rightPart.offsets[rightRow])
        return squaresDistances ? distance * distance : distance
    }

    private func place(_ row: Int) -> (part: Part, row: Int) {
        row < parts[0].count ? (parts[0], row) : (parts[1], row - parts[0].count)
    }

    private func dot(_ left: [Float], _ leftRow: Int, _ right: [Float], _ rightRow: Int, _ dimension: Int)
        -> Float
    {
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return 0 }
                return MatrixProduct.dot(
                    leftStart + leftRow * dimension, rightStart + rightRow * dimension, dimension: dimension)
            }
        }
    }

    private func multiply(
        _ values: KeyPath<Part, [Float]>, _ dimension: KeyPath<Part, Int>, scale: Float, keep: Float,
        _ out: UnsafeMutablePointer<Float>, _ stride: Int, _ left: Block, _ right: Block
    ) {
        let (leftPart, rightPart) = (parts[left.part], parts[right.part])
        let (leftWidth, rightWidth) = (leftPart[keyPath: dimension], rightPart[keyPath: dimension])
        leftPart[keyPath: values].withUnsafeBufferPointer { leftValues in
            rightPart[keyPath: values].withUnsafeBufferPointer { rightValues in
                guard let leftStart = leftValues.baseAddress, let rightStart = rightValues.baseAddress else {
                    return
                }
                MatrixProduct.multiply(
                    .init(
                        start: leftStart + left.rows.lowerBound * leftWidth, count: left.rows.count,
                        dimension: leftWidth),
                    .init(
                        start: rightStart + right.rows.lowerBound * rightWidth, count: right.rows.count,
                        dimension: rightWidth),
                    scale: scale, keep: keep, out: out, stride: stride
                )
            }
        }
    }

    private static func distance(_ product: Float, _ offsets: Float) -> Float {
        let distance = offsets - 2 * product
        return abs(distance) < resolution * 0.5 * offsets ? 0 : distance
    }

    private func turnIntoDistances(
        _ line: UnsafeMutableBufferPointer<Float>, _ leftOffset: Float,
        _ rightOffsets: UnsafeBufferPointer<Float>
    ) {
        if squaresDistances {
            for place in line.indices {
                let distance = Self.distance(line[place], leftOffset + rightOffsets[place])
                line[place] = distance * distance
            }
        } else {
            for place in line.indices {
                line[place] = Self.distance(line[place], leftOffset + rightOffsets[place])
            }
        }
    }

    /// Makes a block with itself exactly symmetric, with an exactly zero diagonal.
    private func mirror(_ tile: UnsafeMutablePointer<Float>, stride: Int, count: Int) {
        for row in 0..<count {
            tile[row * stride + row] = 0
            for column in row + 1..<max(count, row + 1) {
                tile[column * stride + row] = tile[row * stride + column]
            }
        }
    }
}
