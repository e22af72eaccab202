// SPDX-License-Identifier: MIT

/// Curves and points over a common axis, with their names and last values below.
public struct Chart: Sendable {
    /// A curve, or points.
    public struct Series: Sendable {
        let name: String
        let points: [(x: Double, y: Double)]
        let shape: Shape?

        /// - Parameters:
        ///   - points: From left to right; where a value is no finite number the curve has a gap.
        ///   - shape: Nil for the chart's.
        public init(_ name: String, _ points: [(x: Double, y: Double)], shape: Shape? = nil) {
            self.name = name
            self.points = points
            self.shape = shape
        }
    }

    /// How values lie between two points.
    public enum Shape: Sendable {
        /// On a straight line.
        case line
        /// Level until the next point: the points are bins of a histogram, by their left edges.
        case steps
        /// There is nothing between them: each is a dot, and their order does not matter.
        case dots
    }

    /// What lies along the axis from left to right.
    public enum Scale: Sendable {
        /// Numbers, from the least of the points to the most.
        case numbers
        /// A range, whatever the points are.
        case range(ClosedRange<Double>)
        /// A range above 0 in which equal lengths are equal ratios.
        case ratios(ClosedRange<Double>)
        /// Names side by side: a point's number is which of them it is, from 0.
        case names([String])
    }

    /// The most curves of one chart that are told apart.
    public static let mostSeries = 6

    private let title: String
    private let across: String
    private let shape: Shape
    private let scale: Scale
    private let series: [Series]

    /// - Parameters:
    ///   - title: What is shown, with its unit.
    ///   - across: What the axis from left to right is.
    ///   - series: At most ``mostSeries``.
    public init(_ title: String, across: String, _ series: [Series], shape: Shape = .line, scale: Scale = .numbers) {
        precondition(series.count <= Self.mostSeries, "\(series.count) curves in a chart for \(Self.mostSeries)")
        self.title = title
        self.across = across
        self.shape = shape
        self.scale = scale
        self.series = series
    }

    /// The chart as a figure of its own.
    public var html: HTML {
        .element(
            .figure, [.style("chart")],
            [.element(.figcaption, title), drawing, .element(.ul, [.style("legend")], zip(series, Self.colours).map(key))])
    }

    // MARK: Drawing

    private static let colours: [StaticString] = ["c0", "c1", "c2", "c3", "c4", "c5"]
    private static let (width, height) = (360.0, 190.0)
    /// Where the curves are: left of it and below it the axes are labelled.
    private static let (left, right, top, bottom) = (44.0, 352.0, 8.0, 156.0)

    private var drawing: HTML {
        let points = series.flatMap(\.points)
        let (x, y) = (axis(points.map(\.x)), Axis(holding: points.map(\.y)))
        let curves = zip(series, Self.colours).flatMap { series, colour in
            switch series.shape ?? shape {
            case .dots: Self.dots(at: series.points, x, y, colour)
            case let shape: Self.curve(of: series.points, shape, x, y, colour)
            }
        }
        let size = "0 0 \(Self.width.pixels) \(Self.height.pixels)"
        return .element(
            .svg, [Attribute("viewBox", size), Attribute("role", "img"), Attribute("aria-label", title)],
            Self.grid(x, y) + curves + [Self.label(across, (Self.left + Self.right) / 2, Self.height - 4, "middle")])
    }

    private func axis(_ values: [Double]) -> Axis {
        switch scale {
        case .numbers: Axis(holding: values, isTight: true)
        case .range(let range): Axis(holding: [range.lowerBound, range.upperBound], isTight: true)
        case .ratios(let range): Axis(ofRatios: range)
        case .names(let names): Axis(of: names)
        }
    }

    private static func across(_ value: Double, _ axis: Axis) -> Double { left + axis.place(of: value) * (right - left) }
    private static func up(_ value: Double, _ axis: Axis) -> Double { bottom - axis.place(of: value) * (bottom - top) }

    private static func grid(_ x: Axis, _ y: Axis) -> [HTML] {
        let across = x.ticks.enumerated().map { row, tick in
            let (text, place) = (x.label(at: row), Self.across(tick, x))
            // A label is some six pixels a letter: one that would be cut off ends where the drawing does.
            return place + 3 * Double(text.count) > width
                ? label(text, width, bottom + 14, "end") : label(text, place, bottom + 14, "middle")
        }
        let up = y.ticks.flatMap { tick in
            let place = Self.up(tick, y)
            let line = HTML.element(
                .line,
                [
                    .style("grid"), Attribute("x1", left), Attribute("x2", right), Attribute("y1", place),
                    Attribute("y2", place),
                ], [])
            return [line, label(Axis.label(tick), left - 5, place + 4, "end")]
        }
        return up + across
    }

    private static func label(_ text: String, _ x: Double, _ y: Double, _ anchor: StaticString) -> HTML {
        .element(.text, [Attribute("x", x), Attribute("y", y), Attribute("text-anchor", "\(anchor)")], text)
    }

    /// The pieces of a curve; a point alone is a dot, as it has no line.
    private static func curve(
        of points: [(x: Double, y: Double)], _ shape: Shape, _ x: Axis, _ y: Axis, _ colour: StaticString
    ) -> [HTML] {
        let pieces = points.split { !$0.x.isFinite || !$0.y.isFinite }
        return pieces.map { piece in
            var path = ""
            for (index, point) in piece.enumerated() {
                let (across, up) = (Self.across(point.x, x).pixels, Self.up(point.y, y).pixels)
                if index == 0 {
                    path += "M\(across) \(up)"
                } else {
                    path += shape == .line ? "L\(across) \(up)" : "H\(across)V\(up)"
                }
            }
            if piece.count == 1 { path += "h0.1" }
            let kind = piece.count == 1 ? "dot" : "curve"
            return .element(.path, [Attribute("class", "\(kind) \(colour)"), Attribute("d", path)], [])
        }
    }

    /// One path for all points; those that have no place are left out.
    private static func dots(
        at points: [(x: Double, y: Double)], _ x: Axis, _ y: Axis, _ colour: StaticString
    ) -> [HTML] {
        let places = points.map { (across: across($0.x, x), up: up($0.y, y)) }
        let path = places.filter { $0.across.isFinite && $0.up.isFinite }
            .map { "M\($0.across.pixels) \($0.up.pixels)h0.1" }.joined()
        guard !path.isEmpty else { return [] }
        return [.element(.path, [Attribute("class", "points \(colour)"), Attribute("d", path)], [])]
    }

    private func key(_ series: Series, _ colour: StaticString) -> HTML {
        let shape = series.shape ?? shape
        let stroke = HTML.element(
            .svg, [Attribute("viewBox", "0 0 16 8"), .style("key"), Attribute("aria-hidden", "true")],
            [
                .element(
                    .path,
                    shape == .dots
                        ? [Attribute("class", "points \(colour)"), Attribute("d", "M8 4h0.1")]
                        : [Attribute("class", "curve \(colour)"), Attribute("d", "M1 4H15")], [])
            ])
        let last = series.points.last { $0.y.isFinite }
        let value = shape == .line ? last.map { " \(Axis.label($0.y))" } ?? "" : ""
        return .element(.li, [stroke, HTML(series.name), .element(.span, [.style("last")], value)])
    }
}
