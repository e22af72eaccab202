// SPDX-License-Identifier: MIT

public import Configuration

extension Sweep {
    /// The same sweep with other values for its choices, and for the conditions that name them.
    ///
    /// - Parameter change: Handed a setting, which of its choices it is, from 0, and that choice.
    public func replacingChoices(_ change: (Dimension, Int, YAMLNode) -> YAMLNode) -> Sweep {
        var sweep = self
        sweep.space = SearchSpace(space.dimensions.map { $0.replacing(change, in: space) })
        return sweep
    }
}

extension Dimension {
    fileprivate func replacing(_ change: (Dimension, Int, YAMLNode) -> YAMLNode, in space: SearchSpace) -> Dimension {
        let conditions = conditions.map { condition in
            let parent = space.dimensions.first { $0.key == condition.key }
            return Condition(key: condition.key, values: condition.values.map { parent?.replacing($0, change) ?? $0 })
        }
        return Dimension(
            key: key, keySpan: keySpan, span: span, domain: replacingChoices(change), points: points,
            conditions: conditions)
    }

    private func replacingChoices(_ change: (Dimension, Int, YAMLNode) -> YAMLNode) -> Domain {
        guard case .choices(let values) = domain else { return domain }
        return .choices(values.enumerated().map { change(self, $0, $1) })
    }

    /// What has come of one of the choices, as a condition has it.
    private func replacing(_ value: YAMLNode, _ change: (Dimension, Int, YAMLNode) -> YAMLNode) -> YAMLNode? {
        guard case .choices(let values) = domain, let index = values.firstIndex(where: { $0.hasSameContent(as: value) })
        else { return nil }
        return change(self, index, values[index])
    }
}
