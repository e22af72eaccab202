// SPDX-License-Identifier: MIT

// Shapes: G gallery rows · P positions asked for.

/// A number that orders gallery rows by distance, and rows at the same distance by their index.
@inline(__always)
func rankOrder(_ distance: Float, _ index: Int) -> UInt64 {
    // Adding zero makes −0 and 0 equal. Flipping the sign bit, or all bits below zero, makes the bits ascend.
    let bits = (distance + 0).bitPattern
    let ascending = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    return UInt64(ascending) << 32 | UInt64(UInt32(truncatingIfNeeded: index))
}

/// The distance that a number from ``rankOrder(_:_:)`` was made of.
func rankDistance(_ order: UInt64) -> Float {
    let ascending = UInt32(truncatingIfNeeded: order >> 32)
    return Float(bitPattern: ascending & 0x8000_0000 == 0 ? ~ascending : ascending & 0x7FFF_FFFF)
}

/// At which rank some rows of a gallery stand, without sorting the others.
///
/// - Parameters:
///   - rows: The rows asked for, `[P]`.
///   - distances: Of all rows, `[G]`.
/// - Returns: The rows, nearest first, with their zero-based ranks, `[P]`.
/// - Complexity: O(G·log P).
func ranks(of rows: [Int32], in distances: UnsafeBufferPointer<Float>) -> [(row: Int32, rank: Int)] {
    let wanted = rows.map { rankOrder(distances[Int($0)], Int($0)) }.sorted()
    guard let last = wanted.last, let farthest = rows.map({ distances[Int($0)] }).max() else { return [] }
    var counts = [Int](repeating: 0, count: wanted.count + 1)
    counts.withUnsafeMutableBufferPointer { counts in
        wanted.withUnsafeBufferPointer { wanted in
            for (index, distance) in distances.enumerated() where distance <= farthest {
                let order = rankOrder(distance, index)
                guard order < last else { continue }
                counts[firstAbove(order, in: wanted)] += 1
            }
        }
    }
    var rank = 0
    return zip(wanted, counts).map { order, count in
        rank += count
        return (Int32(truncatingIfNeeded: order), rank)
    }
}

/// The place of the first number above the given one, in ascending numbers.
@inline(__always)
private func firstAbove(_ order: UInt64, in ascending: UnsafeBufferPointer<UInt64>) -> Int {
    var start = 0
    var length = ascending.count
    while length > 0 {
        let half = length / 2
        let isAbove = ascending[start + half] > order
        start = isAbove ? start : start + half + 1
        length = isAbove ? half : length - half - 1
    }
    return start
}
