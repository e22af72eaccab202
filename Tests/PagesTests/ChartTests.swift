// SPDX-License-Identifier: MIT

import Testing

@testable import Pages

@Suite struct `An axis` {
    /// A quarter of 0.3 to 9.7 is 2.35, of which the next round step is 5.
    @Test(arguments: [
        ([0.3, 9.7], [0.0, 5, 10]), ([0, 4], [0, 1, 2, 3, 4]), ([-3, 5], [-4, -2, 0, 2, 4, 6]),
        ([7], [2, 4, 6, 8, 10, 12]), ([0, 0], [0, 0.5, 1]), ([1, .nan, 5, .infinity], [1, 2, 3, 4, 5]),
    ])
    func `reaches from one round number to another`(values: [Double], ticks: [Double]) {
        let axis = Axis(holding: values)
        #expect(axis.ticks == ticks)
        #expect(axis.lower == ticks.first && axis.upper == ticks.last)
    }

    @Test(arguments: [
        ([1.0, 12], [5.0, 10]), ([1, 2], [1, 2]), ([1, 1], [1]), ([0.1, 0.9], [0.2, 0.4, 0.6, 0.8]),
    ])
    func `ends where its values do where it is tight`(values: [Double], ticks: [Double]) {
        let axis = Axis(holding: values, isTight: true)
        #expect(axis.ticks.count == ticks.count)
        for (tick, expected) in zip(axis.ticks, ticks) { #expect(abs(tick - expected) < 1e-12) }
        #expect(axis.place(of: values[0]) == (values[0] == values[1] ? 0.5 : 0))
    }

    @Test(arguments: [
        [], [.nan], [1e-300, 2e-300], [-1e300, 1e300], [1, 1.0.nextUp],
        [.greatestFiniteMagnitude, -.greatestFiniteMagnitude],
    ])
    func `holds whatever there is`(values: [Double]) {
        let axis = Axis(holding: values)
        #expect(axis.lower < axis.upper && !axis.ticks.isEmpty && axis.ticks.count < 102)
        for value in values where value.isFinite { #expect((-1e-9...1 + 1e-9).contains(axis.place(of: value))) }
    }

    /// Powers of ten where there are three, else 2 and 5 times such too, else all that begin with one digit; else equal
    /// steps.
    @Test(arguments: [
        (1e-5...1e-3, [1e-5, 1e-4, 1e-3]), (3e-4...0.03, [5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02]), (1...16, [1, 2, 5, 10]),
        (3...6, [3, 4, 5, 6]), (1e-9...1e3, [1e-9, 1e-7, 1e-5, 1e-3, 0.1, 10, 1000]),
        (2...2.5, [2, 2.2, 2.4]),
    ])
    func `of ratios has round ones`(range: ClosedRange<Double>, ticks: [Double]) {
        let axis = Axis(ofRatios: range)
        #expect(axis.ticks.count == ticks.count, "\(axis.ticks)")
        for (tick, expected) in zip(axis.ticks, ticks) { #expect(abs(tick / expected - 1) < 1e-12) }
        #expect(axis.lower == range.lowerBound && axis.upper == range.upperBound)
    }

    /// From 0.01 to 100 are four decades, of which 1 lies in the middle and 10 a quarter before the end.
    @Test func `of ratios has equal ones over equal lengths`() {
        let axis = Axis(ofRatios: 0.01...100)
        for (value, place) in [(0.01, 0.0), (1, 0.5), (10, 0.75), (100, 1)] {
            #expect(abs(axis.place(of: value) - place) < 1e-12)
        }
        #expect(Axis(ofRatios: 0...4) == Axis(holding: [0, 4], isTight: true))
    }

    /// Of 52 letters three names have 16 each and a space; of 20 names every third is written.
    @Test func `of names has them side by side, shortened to their room`() {
        let axis = Axis(of: ["sgd", "adam", "a name of more than sixteen letters"])
        #expect((0..<3).map(axis.label) == ["sgd", "adam", "a name of more …"])
        let places: [Double] = [1.0 / 6, 0.5, 2.5 / 3]
        #expect([0, 1, 2].map(axis.place) == places)
        let many = Axis(of: (0..<20).map { "n\($0)" })
        #expect(many.ticks == [0, 3, 6, 9, 12, 15, 18] && many.label(at: 1) == "n3")
    }

    @Test(arguments: [(0.0, "0"), (-0.0, "0"), (0.25, "0.25"), (1234, "1234"), (0.1 + 0.2, "0.3")])
    func `is labelled shortly`(value: Double, label: String) {
        #expect(Axis.label(value) == label)
    }
}

@Suite struct `A chart` {
    /// The axes reach from 0 to 4 and from 0 to 4; the curves' field from 44 to 352 and from 156 up to 8.
    @Test func `has points where their numbers say`() {
        let chart = Chart("t", across: "x", [.init("a", [(0, 0), (2, 4), (4, 1)])])
        #expect(chart.html.source.contains("<path class=\"curve c0\" d=\"M44 156L198 8L352 119\"></path>"))
    }

    @Test func `has steps between the edges of bins`() {
        let chart = Chart("t", across: "x", [.init("a", [(0, 4), (2, 1), (4, 0)])], shape: .steps)
        #expect(chart.html.source.contains("d=\"M44 8H198V119H352V156\""))
    }

    @Test func `has a gap where there is no number, and a dot for a point alone`() {
        let chart = Chart("t", across: "x", [.init("a", [(0, 0), (1, .nan), (2, 4), (3, .infinity), (4, 4), (4, 2)])])
        let source = chart.html.source
        #expect(
            source.contains("<path class=\"dot c0\" d=\"M44 156h0.1\">") && source.contains("d=\"M198 8h0.1\"")
                && source.contains("d=\"M352 8L352 82\""))
        #expect(!source.contains("nan") && !source.contains("inf"))
    }

    @Test func `names its curves with their last numbers`() {
        let chart = Chart("loss <1>", across: "epoch", [.init("a&b", [(1, 3), (2, 0.25), (3, .nan)])])
        let source = chart.html.source
        #expect(source.contains("<figcaption>loss &lt;1&gt;</figcaption>"))
        #expect(source.contains("</svg>a&amp;b<span class=\"last\"> 0.25</span></li>"))
    }

    /// Two decades over 308 pixels: 1 lies at 44, 10 at 198. What has no place is left out.
    @Test func `has dots on an axis of ratios, and steps beside them`() {
        let chart = Chart(
            "t", across: "rate",
            [.init("all", [(10, 4), (1, 0), (0, 2), (.nan, 1)]), .init("best", [(1, 0), (10, 4)], shape: .steps)],
            shape: .dots, scale: .ratios(1...100))
        let source = chart.html.source
        #expect(source.contains("<path class=\"points c0\" d=\"M198 8h0.1M44 156h0.1\"></path>"))
        #expect(source.contains("<path class=\"curve c1\" d=\"M44 156H198V8\"></path>"))
        #expect(
            source.contains("<path class=\"points c0\" d=\"M8 4h0.1\"></path></svg>all<span class=\"last\"></span></li>"))
        #expect(source.contains("<text x=\"360\" y=\"170\" text-anchor=\"end\">100</text>"))
        #expect(!source.contains("nan") && !source.contains("inf"))
    }

    /// Two names share 308 pixels; their middles are at 121 and 275.
    @Test func `has dots above names`() {
        let chart = Chart(
            "t", across: "optimiser", [.init("all", [(1, 4), (0, 0)])], shape: .dots, scale: .names(["a<b", "c"]))
        let source = chart.html.source
        #expect(source.contains("d=\"M275 8h0.1M121 156h0.1\""))
        #expect(source.contains("<text x=\"121\" y=\"170\" text-anchor=\"middle\">a&lt;b</text>"))
    }
}
