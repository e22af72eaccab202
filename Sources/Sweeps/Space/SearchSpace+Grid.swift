// SPDX-License-Identifier: MIT

extension SearchSpace {
    /// Every combination, the last dimension changing fastest; each once, however many dimensions a condition leaves out.
    ///
    /// Ranges must be divided: see ``Dimension/gridCoordinates``.
    public var grid: [SpacePoint] { points(atMost: .max) }

    /// Whether the grid has no more points than that.
    func hasGrid(within count: Int) -> Bool { points(atMost: count + 1).count <= count }

    private func points(atMost limit: Int) -> [SpacePoint] {
        var points = [SpacePoint()]
        for dimension in dimensions {
            var extended: [SpacePoint] = []
            for point in points where extended.count < limit {
                guard isActive(dimension, at: point) else {
                    extended.append(point)
                    continue
                }
                for coordinate in dimension.gridCoordinates ?? [] {
                    var longer = point
                    longer.add(dimension, coordinate)
                    extended.append(longer)
                }
            }
            points = extended
        }
        return points
    }
}

extension Dimension {
    /// Those of a grid, ascending; nil for a range of numbers that nobody divided.
    var gridCoordinates: [Double]? {
        guard let points else {
            switch domain {
            case .choices: return extremes
            case .integers(let range, isLogarithmic: false) where range.count <= SweepLimits.choices.upperBound:
                return range.map(Double.init)
            case .integers, .numbers: return nil
            }
        }
        let ends = extremes
        let inner = (1..<(points - 1)).map { coordinate(at: Double($0) / Double(points - 1)) }
        var seen: Set<Double> = []
        return ([ends[0]] + inner + [ends[1]]).filter { seen.insert($0).inserted }
    }
}
