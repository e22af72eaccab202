// SPDX-License-Identifier: MIT

import Configuration
import Testing

@testable import Sweeps

private func space(_ text: String) throws -> SearchSpace {
    let indented = text.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try sweep("experiment: b\nspace:\n\(indented)sampler: random\nbudget: {trials: 1}").space
}

@Suite struct `A grid` {
    @Test func `has every combination, the last setting changing fastest`() throws {
        let grid = try space("a: [1, 2]\nb: [x, true]").grid
        #expect(
            grid.map { $0.settings.map(\.assignment) } == [
                ["a=1", "b=x"], ["a=1", "b=true"], ["a=2", "b=x"], ["a=2", "b=true"],
            ])
    }

    /// One point for k-means, which has no radius, beside two for DBSCAN.
    @Test func `has no point twice where a condition does not hold`() throws {
        let grid = try space("method: [dbscan, kmeans]\neps: {choices: [0.5, 0.6], when: {method: dbscan}}").grid
        #expect(
            grid.map { $0.settings.map(\.assignment) } == [
                ["method=dbscan", "eps=0.5"], ["method=dbscan", "eps=0.6"], ["method=kmeans"],
            ])
    }

    /// A condition on a setting that is not there does not hold either.
    @Test func `leaves out what hangs on what is left out`() throws {
        let grid = try space(
            "a: [on, off]\nb: {choices: [1, 2], when: {a: on}}\nc: {choices: [3, 4], when: {b: [1, 2]}}"
        ).grid
        #expect(
            grid.map { $0.settings.map(\.assignment) } == [
                ["a=\"on\"", "b=1", "c=3"], ["a=\"on\"", "b=1", "c=4"], ["a=\"on\"", "b=2", "c=3"],
                ["a=\"on\"", "b=2", "c=4"], ["a=\"off\""],
            ])
    }

    /// By equal differences 10, 15, 20, 25, 30; by equal ratios 10⁻⁵, 10⁻⁴, 10⁻³.
    @Test func `divides a range by differences or by ratios`() throws {
        let grid = try space("a: {range: [10, 30], points: 5}").grid
        #expect(grid.map { $0.settings[0].assignment } == ["a=10", "a=15", "a=20", "a=25", "a=30"])
        let rates = try space("a: {log_range: [1.0e-5, 1.0e-3], points: 3}").grid
        #expect(rates.map { $0.coordinates["a"] } == [1e-5, 1e-4, 1e-3])
        #expect(try space("a: {range: [3, 6]}").grid.map { $0.settings[0].assignment } == ["a=3", "a=4", "a=5", "a=6"])
    }
}

@Suite struct `A setting of a space` {
    private func dimension(_ text: String) throws -> Dimension { try space("a: \(text)").dimensions[0] }

    @Test func `reaches its ends and nothing beyond them`() throws {
        for text in ["{range: [3, 6]}", "{log_range: [1, 100]}", "{range: [0.25, 0.75]}", "{log_range: [1.0e-5, 1.0e-3]}"] {
            let dimension = try dimension(text)
            #expect([0.0, 1].map(dimension.coordinate) == dimension.extremes, "\(text)")
            let inner = (0...1000).map { dimension.coordinate(at: Double($0) / 1000) }
            #expect(
                inner == inner.sorted() && inner.allSatisfy { (dimension.extremes[0]...dimension.extremes[1]).contains($0) })
        }
    }

    /// 3, 4, 5 and 6 have a quarter of the way each: 250 of a thousand steps.
    @Test func `gives every whole number and every choice an equal share`() throws {
        for text in ["{range: [3, 6]}", "[w, x, y, z]"] {
            let dimension = try dimension(text)
            let found = (0..<1000).map { dimension.coordinate(at: (Double($0) + 0.5) / 1000) }
            let counts = Dictionary(found.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(counts.values.sorted() == [250, 250, 250, 250], "\(text)")
        }
    }

    @Test func `writes numbers with four digits`() throws {
        let dimension = try dimension("{log_range: [1.0e-5, 1.0e-3]}")
        // 10⁻⁵ · 100^(1/3) = 4.6415888…·10⁻⁵
        #expect(dimension.coordinate(at: 1.0 / 3) == 4.642e-5)
    }

    /// What a command line says is read back as the value that the file has.
    @Test(arguments: ["0.1", "1.0e-05", "3", "true", "\"no\"", "null", "[1, 2]", "{arcface: {scale: 64, margin: 0.35}}"])
    func `is said to an experiment in one word`(value: String) throws {
        let space = try space("a: {choices: [\(value)]}")
        let entry = space.point { _ in 0 }.settings[0]
        let tree = try Document.overriding(Document.parse("{b: 1}", file: "x"), with: [entry.assignment])
        #expect(tree["a"]?.hasSameContent(as: entry.value) == true, "\(entry.assignment)")
    }
}
