// SPDX-License-Identifier: MIT

/// The nearest candidates found so far of each row of a block: one bounded heap a row, the worst on top.
///
/// Candidates are ordered by distance, then by index. That order is total, so what remains does not depend on
/// the order in which candidates are offered.
struct NearestRows: Sendable {
    /// How many candidates a row keeps.
    let capacity: Int
    private var distances: [Float]
    private var indices: [Int32]
    private var counts: [Int]
    /// Per row, the distance above which a candidate is useless; infinite while there is room.
    private(set) var limits: [Float]
    /// Per row, the largest distance met, where it is asked for.
    var maxima: [Float]

    init(rowCount: Int, capacity: Int) {
        self.capacity = capacity
        distances = Array(repeating: 0, count: rowCount * capacity)
        indices = Array(repeating: 0, count: rowCount * capacity)
        counts = Array(repeating: 0, count: rowCount)
        limits = Array(repeating: capacity == 0 ? -.infinity : .infinity, count: rowCount)
        maxima = Array(repeating: -.infinity, count: rowCount)
    }

    /// Considers a candidate whose distance is not above the row's limit.
    mutating func offer(_ distance: Float, _ index: Int32, row: Int) {
        let top = row * capacity
        if counts[row] < capacity {
            distances[top + counts[row]] = distance
            indices[top + counts[row]] = index
            siftUp(from: counts[row], top: top)
            counts[row] += 1
        } else {
            guard capacity > 0, comesBefore(distance, index, distances[top], indices[top]) else { return }
            distances[top] = distance
            indices[top] = index
            siftDown(top: top, count: capacity)
        }
        if counts[row] == capacity { limits[row] = distances[top] }
    }

    /// The row's candidates, nearest first.
    func sorted(row: Int) -> [(distance: Float, index: Int32)] {
        let top = row * capacity
        return (top..<top + counts[row])
            .map { (distances[$0], indices[$0]) }
            .sorted { comesBefore($0.0, $0.1, $1.0, $1.1) }
    }

    private mutating func siftUp(from start: Int, top: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(top + parent, top + child) else { return }
            swap(top + parent, top + child)
            child = parent
        }
    }

    private mutating func siftDown(top: Int, count: Int) {
        var parent = 0
        while 2 * parent + 1 < count {
            var child = 2 * parent + 1
            if child + 1 < count, isBefore(top + child, top + child + 1) { child += 1 }
            guard isBefore(top + parent, top + child) else { return }
            swap(top + parent, top + child)
            parent = child
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        comesBefore(distances[left], indices[left], distances[right], indices[right])
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        distances.swapAt(left, right)
        indices.swapAt(left, right)
    }
}

/// Whether one candidate is nearer than another; ties go to the smaller index.
@inline(__always)
func comesBefore(_ distance: Float, _ index: Int32, _ otherDistance: Float, _ otherIndex: Int32) -> Bool {
    distance < otherDistance || (distance == otherDistance && index < otherIndex)
}
