// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Randomness
import Testing

@testable import Sweeps

private func dimension(_ text: String) throws -> Sweeps.Dimension {
    try sweep("experiment: b\nspace: {a: \(text)}\nsampler: random\nbudget: {trials: 1}").space.dimensions[0]
}

/// The trials of a sweep as if each came to a function's value.
func trials(of sweep: Sweep, _ value: (SpacePoint) -> Double?) -> [SweepTrial] {
    var trials: [SweepTrial] = []
    while trials.count < sweep.trialCount, let point = sweep.nextPoint(after: trials) {
        let assignments = point.settings.map(\.assignment)
        var trial = SweepTrial(
            number: trials.count, id: trials.count, digest: SweepTrial.digest(of: assignments), assignments: assignments,
            coordinates: point.coordinates)
        trial.value = value(point)
        trial.state = trial.value == nil ? .failed : .complete
        trials.append(trial)
    }
    return trials
}

@Suite struct `Trials by chance` {
    private func sweep(seed: Int, trials: Int = 8) throws -> Sweep {
        try SweepsTests.sweep(
            """
            experiment: b
            space: {rate: {log_range: [1.0e-5, 1.0e-3]}, k: {range: [1, 50]}}
            sampler: random
            budget: {trials: \(trials)}
            seed: \(seed)
            """)
    }

    @Test func `are the same with the same seed, and others with another`() throws {
        let first = trials(of: try sweep(seed: 1)) { _ in 0 }.map(\.assignments)
        #expect(trials(of: try sweep(seed: 1)) { _ in 1 }.map(\.assignments) == first)
        #expect(trials(of: try sweep(seed: 1, trials: 20)) { _ in 0 }.prefix(8).map(\.assignments) == first)
        let other = trials(of: try sweep(seed: 2)) { _ in 0 }.map(\.assignments)
        #expect(Set(first).isDisjoint(with: other))
    }

    /// Of 4,000 draws between 10⁻⁵ and 10⁻³ half lie below 10⁻⁴; three standard deviations of that count are 95.
    @Test func `have every ratio alike`() throws {
        let sweep = try sweep(seed: 3)
        let rates = (0..<4000).compactMap { sweep.randomPoint(number: $0).coordinates["rate"] }
        #expect(abs(rates.count { $0 < 1e-4 } - 2000) < 95)
    }

    @Test func `end where a space has no other point`() throws {
        let small = try SweepsTests.sweep(
            "experiment: b\nspace: {a: [1, 2, 3], b: [4, 5]}\nsampler: random\nbudget: {trials: 50}")
        #expect(Set(trials(of: small) { _ in 0 }.map(\.assignments)).count == 6)
        let guided = try SweepsTests.sweep(
            "experiment: b\nspace: {a: [1, 2, 3], b: [4, 5]}\nsampler: {tpe: {startup: 2}}\nbudget: {trials: 50}")
        #expect(Set(trials(of: guided) { $0.coordinates["a"] }.map(\.assignments)).count == 6)
    }
}

@Suite struct `A Parzen estimator` {
    /// Of three that were seen each stands with 1 for its own choice and with 1/4 for both, 1.5 in all; and 1 more is spread
    /// over both. x: (1.25 + 2 · 0.25)/1.5/4 + 0.5/4 = 0.41667, y: (2 · 1.25 + 0.25)/1.5/4 + 0.5/4 = 0.58333.
    @Test func `counts choices, each of which stands a little for the others`() throws {
        let estimator = ParzenEstimator(try dimension("[x, y]"), seen: [1, 0, 1])
        #expect(abs(exp(estimator.logDensity(at: 0)) - 5.0 / 12) < 1e-15)
        #expect(abs(exp(estimator.logDensity(at: 1)) - 7.0 / 12) < 1e-15)
        let expected = ParzenEstimator(try dimension("[x, y, z]"), seen: [])
        #expect(abs(exp(expected.logDensity(at: 2)) - 1.0 / 3) < 1e-15)
    }

    /// Of 28 the first three count 1/28, half the way to 1, and 1.
    @Test func `lets what is older than the last 25 count less`() {
        #expect(ParzenEstimator.weights(25) == [Double](repeating: 1, count: 25))
        #expect(ParzenEstimator.weights(26).first == 1.0 / 26)
        let weights = ParzenEstimator.weights(28)
        #expect(weights.count == 28 && weights[0] == 1.0 / 28 && weights.suffix(26).allSatisfy { $0 == 1 })
        #expect(abs(weights[1] - 29.0 / 56) < 1e-15)
    }

    /// A normal density that ends at 0 and 1.
    private func bell(_ part: Double, _ mean: Double, _ width: Double) -> Double {
        let share = { (value: Double) in erfc(-value / 2.0.squareRoot()) / 2 }
        let inside = share((1 - mean) / width) - share(-mean / width)
        let distance = (part - mean) / width
        return exp(-distance * distance / 2) / (width * (2 * Double.pi).squareRoot() * inside)
    }

    /// One value at 0.25, alone: as wide as the farther end is away, 0.75; and the middle's, which is 1 wide.
    @Test func `has a bell at each value, and one for what was expected`() throws {
        let estimator = ParzenEstimator(try dimension("{range: [0.0, 2.0]}"), seen: [0.5])
        for part in [0.0, 0.25, 0.5, 1] {
            let expected = (bell(part, 0.25, 0.75) + bell(part, 0.5, 1)) / 2
            #expect(abs(exp(estimator.logDensity(at: 2 * part)) - expected) < 1e-12 * expected)
        }
    }

    /// Values at 0.1, 0.15 and 0.9: the first's neighbour is too near, so that it is 1/5 wide, one over two more than there
    /// are; the others' are 0.75 away. Ends are no neighbours.
    @Test func `has bells that reach to the farther neighbour`() throws {
        let estimator = ParzenEstimator(try dimension("{range: [0.0, 2.0]}"), seen: [0.3, 0.2, 1.8])
        for part in [0.0, 0.12, 0.6, 1] {
            let expected =
                (bell(part, 0.1, 0.2) + bell(part, 0.15, 0.75) + bell(part, 0.9, 0.75) + bell(part, 0.5, 1)) / 4
            #expect(abs(exp(estimator.logDensity(at: 2 * part)) - expected) < 1e-12 * expected)
        }
    }

    @Test(arguments: [[], [0.5], [0.0, 0.0, 0.0], [0.1, 0.2, 1.9, 2.0]])
    func `is a density: it comes to 1 over its range`(seen: [Double]) throws {
        let estimator = ParzenEstimator(try dimension("{range: [0.0, 2.0]}"), seen: seen)
        let steps = 20_000
        let sum = (0..<steps).reduce(0.0) { sum, step in
            let place = 2 * (Double(step) + 0.5) / Double(steps)
            return sum + exp(estimator.logDensity(at: place))
        }
        #expect(abs(sum / Double(steps) - 1) < 1e-6)
    }

    /// Of 2,000 draws, in each tenth as many as the density says, to four standard deviations.
    @Test func `is drawn from as it says`() throws {
        let dimension = try dimension("{range: [0.0, 1.0]}")
        let estimator = ParzenEstimator(dimension, seen: [0.1, 0.15, 0.9])
        var stream = RandomKey(seed: 5).stream("test")
        let drawn = (0..<2000).map { _ in estimator.draw(from: &stream) }
        for tenth in 0..<10 {
            let parts = (0..<200).map { (Double(tenth) + (Double($0) + 0.5) / 200) / 10 }
            let share = parts.reduce(0) { $0 + exp(estimator.logDensity(at: $1)) } / 2000
            let found = Double(drawn.count { Int(min($0, 0.999) * 10) == tenth })
            let deviation = (2000 * share * (1 - share)).squareRoot()
            #expect(abs(found - 2000 * share) < 4 * deviation, "tenth \(tenth)")
        }
    }
}

@Suite struct `The tree-structured Parzen estimator` {
    /// A function whose least value is known to be 0 after it was shifted.
    struct Valley: Sendable {
        let space: String
        let trials: Int
        let loss: @Sendable ([String: Double]) -> Double

        /// Branin's, of two values, with three valleys.
        static let branin = Valley(space: "{x: {range: [-5.0, 10.0]}, y: {range: [0.0, 15.0]}}", trials: 50) { point in
            let (x, y) = (point["x"] ?? 0, point["y"] ?? 0)
            let parabola = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
            return parabola * parabola + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10 - 0.397887
        }

        /// Hartmann's of six values, with four valleys.
        static let hartmann = Valley(
            space: "{" + (0..<6).map { "x\($0): {range: [0.0, 1.0]}" }.joined(separator: ", ") + "}", trials: 60
        ) { point in
            let narrowness: [[Double]] = [
                [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
            ]
            let places: [[Double]] = [
                [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
                [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
            ]
            let sum = zip([1, 1.2, 3, 3.2], zip(narrowness, places)).reduce(0.0) { sum, term in
                let distance = (0..<6).reduce(0.0) { distance, row in
                    let difference = (point["x\(row)"] ?? 0) - term.1.1[row]
                    return distance + term.1.0[row] * difference * difference
                }
                return sum + term.0 * exp(-distance)
            }
            return 3.32237 - sum
        }

        /// A method, each with a rate of its own, and a clustering that opens one of two settings.
        static let conditional = Valley(
            space: """
                {method: [a, b, c, d], rate: {log_range: [1.0e-5, 0.1]}, instances: [2, 4, 8, 16], clustering: [dbscan, kmeans],
                 eps: {range: [0.2, 0.9], when: {clustering: dbscan}}, k: {range: [10, 500], when: {clustering: kmeans}}}
                """, trials: 60
        ) { point in
            let method = Int(point["method"] ?? 0)
            let decades = log10((point["rate"] ?? 0) / [3e-4, 3e-2, 2e-3, 1e-4][method])
            let loss =
                [0, 0.4, 0.2, 0.6][method] + 0.3 * decades * decades + [0.15, 0, 0.15, 0.3][Int(point["instances"] ?? 0)]
            if let eps = point["eps"] { return loss + 10 * (eps - 0.55) * (eps - 0.55) }
            return loss + 0.25 + 0.001 * abs((point["k"] ?? 0) - 120)
        }

        /// A switch that is worth its while only where the setting that it opens is right.
        static let hidden = Valley(
            space: """
                {x: {range: [0.0, 1.0]}, y: {range: [0.0, 1.0]}, switch: [false, true],
                 t: {range: [0.0, 1.0], when: {switch: true}}}
                """, trials: 60
        ) { point in
            let (x, y) = (point["x"] ?? 0, point["y"] ?? 0)
            let loss = (x - 0.7) * (x - 0.7) + (y - 0.2) * (y - 0.2)
            return loss + (point["t"].map { 8 * ($0 - 0.85) * ($0 - 0.85) } ?? 0.25)
        }

        func best(_ sampler: String, seed: Int) throws -> Double {
            let sweep = try SweepsTests.sweep(
                """
                experiment: b
                space: \(space)
                sampler: \(sampler)
                objective: {direction: minimize}
                budget: {trials: \(trials)}
                seed: \(seed)
                """)
            return SweepsTests.trials(of: sweep) { loss($0.coordinates) }.compactMap(\.value).min() ?? .infinity
        }
    }

    /// Were they equally good, 27 of 40 or more would come by chance in 2 % of cases.
    @Test(arguments: [Valley.branin, .hartmann, .conditional, .hidden]) func `finds better points than chance does`(
        valley: Valley
    ) throws {
        let pairs = try (1...40).map { (try valley.best("tpe", seed: $0), try valley.best("random", seed: $0)) }
        let wins = pairs.count { $0 < $1 }
        #expect(wins >= 27, "\(pairs)")
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
        let (guided, chance) = (mean(pairs.map(\.0)), mean(pairs.map(\.1)))
        #expect(guided < chance, "\(guided) and \(chance)")
        #expect(pairs.allSatisfy { $0 > -1e-5 && $1 > -1e-5 })
    }

    /// With a failure wherever the word is `a`, which is the best by value, few of the later trials have it.
    @Test func `keeps away from what fails`() throws {
        let sweep = try sweep(
            "experiment: b\nspace: {x: {range: [0.0, 1.0]}, head: [a, b]}\nsampler: tpe\nbudget: {trials: 40}")
        let found = trials(of: sweep) { $0.coordinates["head"] == 0 ? nil : $0.coordinates["x"] }
        #expect(found.suffix(20).count { $0.state == .failed } < 5)
    }
}
