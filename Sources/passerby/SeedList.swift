// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments

/// Seeds of a command line: `1..3`, `1,4,7`, or both.
struct SeedList: ExpressibleByArgument, Equatable {
    /// Each once, in the order in which they were given.
    let seeds: [Int]

    init?(argument: String) {
        var seeds: [Int] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 0,
                first <= last,
                last - first < Limits.tableSeeds.upperBound
            else { return nil }
            seeds += (first...last).filter { !seeds.contains($0) }
        }
        guard Limits.tableSeeds.contains(seeds.count) else { return nil }
        self.seeds = seeds
    }
}
