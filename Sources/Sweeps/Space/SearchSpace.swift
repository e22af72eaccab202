// SPDX-License-Identifier: MIT

public import Configuration

/// The settings of an experiment that a sweep varies, and the values that they may have.
public struct SearchSpace: Sendable {
    /// One for each setting; those that a condition names come before the one that has the condition.
    public let dimensions: [Dimension]

    init(_ dimensions: [Dimension]) {
        self.dimensions = dimensions
    }

    /// A point, made one coordinate after the other.
    ///
    /// - Parameter coordinate: Asked for each dimension that is there under the coordinates before it, in order.
    public func point(_ coordinate: (Dimension) -> Double) -> SpacePoint {
        var point = SpacePoint()
        for dimension in dimensions where isActive(dimension, at: point) {
            point.add(dimension, coordinate(dimension))
        }
        return point
    }

    /// A point at which a dimension is there and has a coordinate: earlier ones have what its conditions ask for, and all
    /// others are left out.
    public func point(reaching dimension: Dimension, at coordinate: Double) -> SpacePoint {
        var point = SpacePoint()
        for condition in dimension.conditions {
            guard let parent = dimensions.first(where: { $0.key == condition.key }) else { continue }
            let wanted = parent.extremes.first { index in
                condition.values.contains { $0.hasSameContent(as: parent.value(at: index)) }
            }
            guard let wanted else { continue }
            for setting in self.point(reaching: parent, at: wanted).choices(in: self) where !point.has(setting.0) {
                point.add(setting.0, setting.1)
            }
        }
        point.add(dimension, coordinate)
        return point
    }

    /// Whether a dimension's conditions hold at what there is of a point.
    func isActive(_ dimension: Dimension, at point: SpacePoint) -> Bool {
        dimension.conditions.allSatisfy { condition in
            guard let value = point.settings.first(where: { $0.key == condition.key })?.value else { return false }
            return condition.values.contains { $0.hasSameContent(as: value) }
        }
    }
}

/// A value for each setting of a space that is varied there.
public struct SpacePoint: Sendable {
    /// By key: the number itself, or which of the choices it is, from 0.
    public private(set) var coordinates: [String: Double] = [:]
    /// What the point says to an experiment, in the order of the space; keys and values have their places in the sweep's
    /// file.
    public private(set) var settings: [YAMLNode.Entry] = []

    func has(_ dimension: Dimension) -> Bool { coordinates[dimension.key] != nil }

    /// The dimensions that it has in a space, with their coordinates.
    func choices(in space: SearchSpace) -> [(Dimension, Double)] {
        space.dimensions.compactMap { dimension in coordinates[dimension.key].map { (dimension, $0) } }
    }

    mutating func add(_ dimension: Dimension, _ coordinate: Double) {
        coordinates[dimension.key] = coordinate
        settings.append(
            YAMLNode.Entry(key: dimension.key, keySpan: dimension.keySpan, value: dimension.value(at: coordinate)))
    }
}

extension YAMLNode.Entry {
    /// As a command line says it: `adapt.rate=0.0002`.
    public var assignment: String {
        "\(key)=\(value.assigned)"
    }
}

extension YAMLNode {
    /// As a command line says it behind the equals sign, on one line.
    var assigned: String {
        if case .scalar = value { String(yamlText.dropLast()) } else { canonicalJSON }
    }
}
