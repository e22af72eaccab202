// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Retrieval

@Suite struct `The self-paced selection` {
    /// Clusters of five and four and an outlier; tighter, each loses one; looser, the outlier joins the
    /// second.
    static let normal = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
    static let tight = [0, 0, 0, 0, 2, 1, 1, 1, 1, 3]
    static let loose = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]

    @Test func `measures compactness and independence as the reference does`() {
        // Of the first four, 4 of 5 stay together: 1 − 4/5 = 0.2; the fifth stays alone: 1 − 1/5 = 0.8.
        expectEqual(
            SelfPacedSelection.differences(Self.normal, Self.tight), [0.2, 0.2, 0.2, 0.2, 0.8, 0, 0, 0, 0, 0])
        expectEqual(
            SelfPacedSelection.differences(Self.normal, Self.loose), [0, 0, 0, 0, 0, 0.2, 0.2, 0.2, 0.2, 0.8])
    }

    @Test func `keeps what the reference keeps`() {
        let selection = SelfPacedSelection.select(
            normal: Self.normal, tight: Self.tight, loose: Self.loose, independenceThreshold: nil)
        #expect(selection.independenceThreshold == 1 - Float(4) / 5)
        #expect(selection.labels.values == [0, 0, 0, 0, -1, 1, 1, 1, 1, -1])
        #expect(selection.ids == [0, 0, 0, 0, 2, 1, 1, 1, 1, 3])
    }

    @Test func `dissolves clusters above a threshold learnt before`() {
        let selection = SelfPacedSelection.select(
            normal: Self.normal, tight: Self.tight, loose: Self.loose, independenceThreshold: 0.1)
        #expect(selection.labels.values == [0, 0, 0, 0, -1, -1, -1, -1, -1, -1])
        #expect(selection.independenceThreshold == 0.1)
    }

    @Test func `keeps clusters that no radius changes`() throws {
        // Two groups of three, 0.1 apart inside and 1 outside.
        let table = (0..<6).flatMap { i in (0..<6).map { j in Float(i == j ? 0 : i / 3 == j / 3 ? 0.1 : 1) } }
        let distances = try SparseDistances(table, count: 6)
        let selection = SelfPacedSelection(radius: 0.6, gap: 0.02, minimumPoints: 3)
            .select(from: distances, independenceThreshold: nil)
        #expect(selection.labels.values == [0, 0, 0, 1, 1, 1])
        #expect(selection.independenceThreshold == 0)
    }

    /// 0.6 − 0.02 in double precision is 0.58, and 0.58000004 where both are rounded to single precision before: a
    /// distance between the two, as close as single precision has it.
    @Test func `adds the gap before it rounds, as the reference does`() throws {
        let selection = SelfPacedSelection(radius: 0.6, gap: 0.02, minimumPoints: 2)
        #expect(selection.smallestRadius == 0.58 && selection.largestRadius == 0.62)
        // Rows 0 and 1 are together at 0.58; row 2 joins them at the next larger number.
        let beyond = Float(0.58).nextUp
        let distances = try SparseDistances([0, 0.58, 1, 0.58, 0, beyond, 1, beyond, 0], count: 3)
        let found = selection.select(from: distances, independenceThreshold: nil)
        #expect(found.labels.values == [0, 0, -1])
    }

    @Test func `learns no threshold without clusters`() throws {
        let distances = try SparseDistances([0, 1, 1, 0], count: 2)
        let selection = SelfPacedSelection(radius: 0.6, gap: 0.02, minimumPoints: 2)
            .select(from: distances, independenceThreshold: nil)
        #expect(selection.labels.values == [-1, -1])
        #expect(selection.ids == [0, 1])
        #expect(selection.independenceThreshold == nil)
    }
}

@Suite struct `The self-paced selection of random partitions` {
    /// The shares, row by row, from the sets themselves.
    private func obviousDifferences(_ first: [Int], _ second: [Int]) -> [Float] {
        first.indices.map { row in
            let inFirst = Set(first.indices.filter { first[$0] == first[row] })
            let inSecond = Set(second.indices.filter { second[$0] == second[row] })
            return 1 - Float(inFirst.intersection(inSecond).count) / Float(inFirst.union(inSecond).count)
        }
    }

    @Test(arguments: 0..<5)
    func `measures the differences that sets have`(number: Int) {
        var stream = RandomKey(seed: 30).stream("test.partitions", index: number)
        let first = (0..<60).map { _ in stream.below(9) }
        let second = first.map { stream.uniform() < 0.8 ? $0 : 9 + stream.below(4) }
        #expect(SelfPacedSelection.differences(first, second) == obviousDifferences(first, second))
        #expect(SelfPacedSelection.differences(first, first) == Array(repeating: 0, count: 60))
    }

    @Test(arguments: 0..<5)
    func `only ever takes rows out of clusters`(number: Int) throws {
        let features = try clusteredRows(
            count: 120, identities: 10, dimension: 8, spread: 0.9, seed: UInt64(40 + number)
        ).normalised()
        let selection = SelfPacedSelection(radius: 0.6, gap: 0.05, minimumPoints: 4)
        let distances = try ClusteringJaccard(neighbours: 12, expansion: 4)
            .distances(of: features, within: selection.largestRadius)
        let plain = selection.clustering.labels(of: distances)
        let selected = selection.select(from: distances, independenceThreshold: nil)
        #expect(selected.labels.clusterCount <= plain.clusterCount)
        // Rows that are still together were together, and every id from 0 up is in use.
        let pairs = Set(zip(selected.labels.values, plain.values).filter { $0.0 >= 0 }.map { [$0.0, $0.1] })
        #expect(pairs.count == selected.labels.clusterCount)
        #expect(Set(selected.ids) == Set(0...(selected.ids.max() ?? 0)))
    }
}

/// The selection once more, over sets, from the paper's words: a cluster by its most independent member, a member by
/// whether it is as compact as the cluster's best.
private func obviousIDs(_ normal: [Int], _ tight: [Int], _ loose: [Int], threshold: Float?) -> (ids: [Int], threshold: Float)
{
    func fellows(_ ids: [Int], _ row: Int) -> Set<Int> { Set(ids.indices.filter { ids[$0] == ids[row] }) }
    func difference(_ one: Set<Int>, _ other: Set<Int>) -> Float {
        1 - Float(one.intersection(other).count) / Float(one.union(other).count)
    }
    let looseness = normal.indices.map { difference(fellows(normal, $0), fellows(tight, $0)) }
    let dependence = normal.indices.map { difference(fellows(normal, $0), fellows(loose, $0)) }
    func best(_ values: [Float], _ row: Int) -> Float { fellows(normal, row).map { values[$0] }.min() ?? 0 }
    let clusters = Set(normal).sorted().compactMap { id in normal.firstIndex(of: id) }.filter {
        fellows(normal, $0).count > 1
    }
    let ascending = clusters.map { best(dependence, $0) }.sorted()
    let place = min(ascending.count - 1, Int((0.9 * Double(ascending.count)).rounded(.toNearestOrEven)))
    let known = threshold ?? ascending[place]
    let kept = normal.indices.map { best(dependence, $0) <= known && looseness[$0] <= best(looseness, $0) }
    var (ids, next) = (normal, (normal.max() ?? 0) + 1)
    for row in ids.indices where !kept[row] {
        ids[row] = next
        next += 1
    }
    return (ids, known)
}

/// The number of each id's first row: equal for equal partitions, whatever the ids are called.
private func partition(_ ids: [Int]) -> [Int?] { ids.map { ids.firstIndex(of: $0) } }

@Suite struct `The self-paced labels of random features` {
    @Test(arguments: 0..<5) func `are those of sets, epoch after epoch`(number: Int) throws {
        let selection = SelfPacedSelection(radius: 0.55, gap: 0.08, minimumPoints: 4)
        var thresholds: (ours: Float?, obvious: Float?) = (nil, nil)
        for epoch in 0..<2 {
            let features = try clusteredRows(
                count: 120, identities: 10, dimension: 8, spread: 0.9 - 0.1 * Double(epoch), seed: UInt64(70 + number)
            ).normalised()
            let distances = try ClusteringJaccard(neighbours: 12, expansion: 4)
                .distances(of: features, within: selection.largestRadius)
            func ids(_ radius: Double) -> [Int] {
                DBSCAN(radius: Float(radius), minimumPoints: 4).labels(of: distances).singled
            }
            let found = selection.select(from: distances, independenceThreshold: thresholds.ours)
            let wanted = obviousIDs(ids(0.55), ids(0.55 - 0.08), ids(0.55 + 0.08), threshold: thresholds.obvious)
            #expect(partition(found.ids) == partition(wanted.ids))
            #expect(found.independenceThreshold == wanted.threshold)
            thresholds = (found.independenceThreshold, wanted.threshold)
        }
    }
}
