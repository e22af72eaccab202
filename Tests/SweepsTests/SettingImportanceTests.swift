// SPDX-License-Identifier: MIT

import Configuration
import Randomness
import Testing

@testable import Sweeps

@Suite struct `The importance of a setting` {
    /// What rounding may leave of sums of some hundred shares of size 1.
    private let rounding = 1e-12

    private func space(_ text: String, trials: Int = 64, seed: Int = 1) throws -> Sweep {
        try sweep("experiment: b\nspace: {\(text)}\nsampler: random\nbudget: {trials: \(trials)}\nseed: \(seed)")
    }

    private func importance(_ sweep: Sweep, _ value: (SpacePoint) -> Double?) -> [SettingImportance] {
        sweep.space.importance(among: trials(of: sweep, value))
    }

    /// Around 4 the squares of 1, 3, 5, 7 are 9 + 1 + 1 + 9 = 20, around the groups' means 2 and 6 they are 4:
    /// ε² = 1 − (4/2)/(20/3) = 0.7, where η² = 1 − 4/20 = 0.8.
    @Test func `is the adjusted share of the variance between groups`() throws {
        let share = try #require(SettingImportance.share(of: [1, 5, 3, 7], in: [0, 1, 0, 1]))
        #expect(abs(share - 0.7) < rounding)
        // Groups of unlike size: 0, 0, 6 | 6. Around 3 it is 36, around 2 and 6 it is 24: 1 − (24/2)/(36/3) = 0.
        let unlike = try #require(SettingImportance.share(of: [0, 0, 6, 6], in: [1, 1, 1, 2]))
        #expect(abs(unlike) < rounding)
    }

    /// Whatever the values and the groups are, one far off among them too.
    @Test func `is 0 in the mean over all orders of the values`() throws {
        for groups: [Double] in [[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 1, 2]] {
            var (sum, count) = (0.0, 0.0)
            for values in orders([1, 2, 4, 8, 16, 320]) {
                sum += try #require(SettingImportance.share(of: values, in: groups))
                count += 1
            }
            #expect(count == 720 && abs(sum / count) < rounding, "\(groups)")
        }
    }

    private func orders(_ values: [Double]) -> [[Double]] {
        guard values.count > 1 else { return [values] }
        return values.indices.flatMap { row in
            var rest = values
            let first = rest.remove(at: row)
            return orders(rest).map { [first] + $0 }
        }
    }

    @Test func `does not depend on the unit or the sign of the values`() throws {
        let (values, groups): ([Double], [Double]) = ([0.25, 0.5, 0.125, 0.75, 0.5, 1], [0, 1, 0, 1, 2, 2])
        let share = try #require(SettingImportance.share(of: values, in: groups))
        let other = try #require(SettingImportance.share(of: values.map { 3 - 100 * $0 }, in: groups))
        #expect(abs(share - other) < rounding)
    }

    /// Of 200 sweeps each the mean lies within four standard errors of 0.
    @Test(arguments: ["{range: [0.0, 1.0]}", "{log_range: [1.0e-5, 1.0e-1]}", "{range: [1, 50]}", "[x, y, z]"])
    func `is around 0 where a setting has no effect`(values: String) throws {
        let shares = try (1...200).map { seed in
            var stream = RandomKey(seed: UInt64(seed)).stream("values")
            // Other settings make points of choices differ.
            let sweep = try space("a: \(values), other: {range: [0.0, 1.0]}", trials: 30, seed: seed)
            let found = importance(sweep) { _ in Double.random(in: 0..<1, using: &stream) }
            return try #require(found.first { $0.setting == "a" }).share
        }
        let mean = shares.reduce(0, +) / 200
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199
        #expect(variance > 0 && abs(mean) < 4 * (variance / 200).squareRoot(), "\(mean)")
    }

    /// A choice that decides leaves nothing. Within one of 8 parts of a range a straight line keeps 1/64 of its variance, of
    /// parts and values that are drawn some more.
    @Test func `is near 1 where a setting decides everything`() throws {
        let choice = importance(try space("a: [1, 2, 3], b: {range: [0.0, 1.0]}")) { $0.coordinates["a"] }
        #expect(choice.map(\.setting) == ["a", "b"] && choice[0].share == 1 && choice[0].groups == 3)
        #expect(choice[1].share < 0.5)
        let range = importance(try space("a: {range: [0.0, 1.0]}")) { $0.coordinates["a"] }
        #expect(range[0].share > 0.95 && range[0].groups == 8 && range[0].trials == 64)
    }

    /// The same draws: what is decided by the exponent is divided by exponents.
    @Test func `divides a range of ratios by ratios`() throws {
        let ratios = try space("a: {log_range: [1.0e-6, 1.0]}")
        let differences = try space("a: {range: [1.0e-6, 1.0]}")
        let part = { (sweep: Sweep) in
            importance(sweep) { point in
                point.coordinates["a"].map { sweep.space.dimensions[0].part(of: $0) }
            }
        }
        let (first, second) = (part(ratios)[0], part(differences)[0])
        // Values are rounded to four digits, each where it is.
        #expect(abs(first.share - second.share) < 1e-2 && first.share > 0.95)
        #expect(first.groups == 8)
    }

    /// Of ten values no more than four are their own groups; of five two lie in one of four parts.
    @Test func `takes few values of a range as they are`() throws {
        let dimension = try space("a: {range: [1, 5]}").space.dimensions[0]
        let four: [Double] = [1, 2, 3, 5, 1, 2, 3, 5, 1, 2]
        #expect(SettingImportance.groups(of: four, dimension) == four)
        // Parts of 0.5 to 5.5 end at 1.75, 3 and 4.25; what lies on an end is of the part above.
        let five: [Double] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
        #expect(SettingImportance.groups(of: five, dimension) == [0, 1, 2, 2, 3, 0, 1, 2, 2, 3])
    }

    /// `b` decides among its own trials, of which there are half.
    @Test func `of a conditional setting counts the trials that have it`() throws {
        let sweep = try sweep(
            "experiment: b\nspace: {a: [on, off], b: {choices: [1, 2], when: {a: on}}, c: {range: [1, 12]}}")
        let found = importance(sweep) { ($0.coordinates["b"] ?? 40) + 0.001 * ($0.coordinates["c"] ?? 0) }
        let own = try #require(found.first { $0.setting == "b" })
        #expect(own.trials == 24 && own.groups == 2 && own.share > 0.99)
        #expect(try #require(found.first { $0.setting == "a" }).trials == 36)
    }

    @Test func `is left out before ten complete trials have the setting`() throws {
        let sweep = try space("a: [1, 2], b: {range: [0.0, 1.0]}", trials: 12)
        let some = { (count: Double) in
            var left = count
            return importance(sweep) { point in
                left -= 1
                return left < 0 ? nil : point.coordinates["b"]
            }
        }
        #expect(some(9).isEmpty)
        #expect(Set(some(10).map(\.setting)) == ["a", "b"])
    }

    /// Twelve values of twelve trials; one value; values of trials that are all alike.
    @Test func `is left out where nothing can be told`() throws {
        let twelve = (1...12).map { "\($0)" }.joined(separator: ", ")
        #expect(importance(try sweep("experiment: b\nspace: {a: [\(twelve)]}")) { $0.coordinates["a"] }.isEmpty)
        let one = try sweep("experiment: b\nspace: {a: [1], b: [\(twelve)]}")
        #expect(importance(one) { $0.coordinates["b"] }.isEmpty)
        #expect(importance(try space("a: {range: [0.0, 1.0]}")) { _ in 0.1 }.isEmpty)
    }
}
