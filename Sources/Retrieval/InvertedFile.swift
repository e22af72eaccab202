// SPDX-License-Identifier: MIT

internal import Machine
public import Randomness
internal import Synchronization

// Shapes: N rows · K neighbours · C cells · D dimensions.

/// An approximate search: each row is filed in its nearest cells, and rows meet where they share one.
///
/// Cells are directions found by spherical k-means, so that they are about equally full. A cell is searched
/// like a small table of its own: the work stays products of blocks, and a pair serves both of its rows.
///
/// - SeeAlso: Jégou et al., "Product quantization for nearest neighbor search", TPAMI 2011, §4 (inverted
///   file).
public struct InvertedFile: Sendable {
    /// `C`; the square root of the number of rows without it.
    public let cellCount: Int?
    /// How many cells each row is filed in, `P`.
    public let probeCount: Int
    /// What the cells, and the sample that measures recall, are drawn with.
    public let key: RandomKey

    /// Rows per cell that the cells are learnt from, and how long.
    private static let training = (rows: 50, iterations: 10)

    /// - Parameters:
    ///   - cellCount: `C`, at least 1.
    ///   - probeCount: `P`, at least 1; with as many as there are cells the search is exact.
    ///   - key: What is drawn is drawn with this.
    public init(cellCount: Int? = nil, probeCount: Int, key: RandomKey) {
        precondition(cellCount ?? 1 >= 1 && probeCount >= 1, "\(cellCount ?? 0) cells, \(probeCount) probes")
        self.cellCount = cellCount
        self.probeCount = probeCount
        self.key = key
    }

    /// Cells for `N` rows.
    func cellCount(for count: Int) -> Int {
        min(count, cellCount ?? Int(Double(count).squareRoot()))
    }

    /// Rows that the cells for `N` rows are learnt from.
    func sampleCount(for count: Int) -> Int {
        min(count, Self.training.rows * cellCount(for: count))
    }

    /// The nearest rows that were found of every row, itself first.
    ///
    /// A row that meets fewer than `K` rows is searched exactly.
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - width: `K`, at least 1.
    /// - Returns: `[N, min(K, N)]`.
    /// - Throws: ``RetrievalError/empty(what:)``.
    /// - Complexity: O(N·C·D) for the cells and O(N²·D·P²/(2C)) for the search; memory O(N·K·P).
    public func table(of features: Features<UnitNorm>, width: Int) throws(RetrievalError) -> NeighbourTable {
        try table(of: features, width: width, workers: .all, progress: nil)
    }

    /// The share of the true neighbours that a table has, measured on a sample of rows.
    ///
    /// - Parameters:
    ///   - table: What ``table(of:width:)`` returned, `[N, K]`.
    ///   - features: The rows it was made of, `[N, D]`.
    ///   - sampleCount: Rows to search exactly.
    /// - Returns: In `[0, 1]`.
    public func recall(
        of table: NeighbourTable, in features: Features<UnitNorm>, sampleCount: Int = 256
    ) throws(RetrievalError) -> Double {
        var stream = key.stream("retrieval.recall")
        let sample = Array(stream.permutation(features.count).prefix(sampleCount))
        let exact = try NearestNeighbours(count: table.width).of(features.rows(at: sample), in: features)
        let found = sample.enumerated().reduce(0) { sum, entry in
            let expected = Set(exact.neighbours(of: entry.offset))
            return sum + table.neighbours(of: entry.element).count { expected.contains($0) }
        }
        return Double(found) / Double(sample.count * table.width)
    }

    func table(
        of features: Features<UnitNorm>, width: Int, workers: Workers, progress: ProgressHandler?
    ) throws(RetrievalError) -> NeighbourTable {
        guard features.count > 0 else { throw .empty(what: "features") }
        let cells = try cells(of: features, workers: workers)
        let done = Atomic<Int>(0)
        let meetings = workers.map(cells.count, scratch: {}) { cell, _ in
            let rows = PairwiseRows([.unit(features.rows(at: cells[cell]))], blockLength: workers.blockLength)
            // The cells are what the threads share, so each is searched on one.
            let alone = Workers(count: 1, blockLength: workers.blockLength)
            let table = NeighbourSearch(rows: rows, width: width, workers: alone).table()
            progress?(Double(done.add(1, ordering: .relaxed).newValue) / Double(cells.count))
            return table
        }
        return try merged(zip(cells, meetings), of: features, width: min(width, features.count), workers)
    }

    /// The rows of each cell, ascending; none is empty.
    private func cells(
        of features: Features<UnitNorm>, workers: Workers
    ) throws(RetrievalError) -> [[Int]] {
        let wanted = cellCount(for: features.count)
        var stream = key.stream("retrieval.cells")
        let sample = stream.permutation(features.count).prefix(sampleCount(for: features.count))
        var kMeans = KMeans(
            clusterCount: wanted, initialisation: .randomRows, maximumIterations: Self.training.iterations)
        kMeans.isSpherical = true
        kMeans.workers = workers
        let directions = try kMeans.clusters(of: features.rows(at: sample.sorted()), key: key).centroids
        var search = NearestNeighbours(count: probeCount)
        search.workers = workers
        let raw = Features<Raw>(
            unchecked: features.values, count: features.count, dimension: features.dimension)
        let filed = try search.of(raw, in: directions)
        var cells = [[Int]](repeating: [], count: wanted)
        for row in 0..<features.count {
            for cell in filed.neighbours(of: row) { cells[Int(cell)].append(row) }
        }
        return cells.filter { !$0.isEmpty }
    }

    /// The nearest rows of each row over the cells that it is filed in.
    private func merged(
        _ meetings: some Sequence<([Int], NeighbourTable)>, of features: Features<UnitNorm>,
        width: Int, _ workers: Workers
    ) throws(RetrievalError) -> NeighbourTable {
        var found = [[UInt64]](repeating: [], count: features.count)
        for (rows, table) in meetings {
            for (place, row) in rows.enumerated() {
                found[row].append(
                    contentsOf: zip(table.distances(of: place), table.neighbours(of: place)).dropFirst()
                        .map { rankOrder($0, rows[Int($1)]) })
            }
        }
        let nearest = workers.mapRows(features.count, scratch: {}) { [found] rows, _ in
            rows.map { row in Self.distinct(found[row].sorted(), count: width - 1) }
        }.flatMap { $0 }
        let lonely = nearest.indices.filter { nearest[$0].count < width - 1 }
        var search = NearestNeighbours(count: width)
        search.workers = workers
        let exact = lonely.isEmpty ? nil : try search.of(features.rows(at: lonely), in: features)
        return NeighbourTable(nearest: nearest, width: width, exact: exact, rows: lonely)
    }

    /// The first of ascending numbers, each once: a pair that shares several cells is found in each.
    ///
    /// Its distance may differ in the last bit from one cell to the other; the smaller one comes first.
    private static func distinct(_ ascending: [UInt64], count: Int) -> [UInt64] {
        var seen: Set<UInt32> = []
        var distinct: [UInt64] = []
        for order in ascending where distinct.count < count {
            if seen.insert(UInt32(truncatingIfNeeded: order)).inserted { distinct.append(order) }
        }
        return distinct
    }
}

extension NeighbourTable {
    /// Puts each row before its nearest; where these were too few, takes an exact search's.
    fileprivate init(nearest: [[UInt64]], width: Int, exact: NeighbourTable?, rows: [Int]) {
        var indices: [Int32] = []
        var distances: [Float] = []
        indices.reserveCapacity(nearest.count * width)
        distances.reserveCapacity(nearest.count * width)
        let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
        for (row, orders) in nearest.enumerated() {
            var others = orders.map { (rankDistance($0), Int32(truncatingIfNeeded: $0)) }
            if let exact, let place = places[row] {
                let all = zip(exact.distances(of: place), exact.neighbours(of: place))
                others = Array(all.filter { $0.1 != Int32(row) }.prefix(width - 1))
            }
            indices.append(Int32(row))
            indices.append(contentsOf: others.map(\.1))
            distances.append(0)
            distances.append(contentsOf: others.map(\.0))
        }
        self.init(
            rowCount: nearest.count, width: width, indices: indices, distances: distances,
            maxima: Array(repeating: .nan, count: nearest.count))
    }
}
