// SPDX-License-Identifier: MIT

internal import Configuration
internal import Pipeline

extension Dimension {
    /// The dimension as a JSON text, in the format of Optuna's distributions.
    var distribution: String {
        let (name, attributes): (String, JSONValue) =
            switch domain {
            case .choices(let values): ("CategoricalDistribution", ["choices": .array(values.map(Self.choice))])
            case .integers(let range, let isLogarithmic):
                (
                    "IntDistribution",
                    [
                        "low": .integer(range.lowerBound), "high": .integer(range.upperBound), "step": 1,
                        "log": .bool(isLogarithmic),
                    ]
                )
            case .numbers(let range, let isLogarithmic):
                (
                    "FloatDistribution",
                    [
                        "low": .number(range.lowerBound), "high": .number(range.upperBound), "step": .null,
                        "log": .bool(isLogarithmic),
                    ]
                )
            }
        return JSONValue.object(["name": .string(name), "attributes": attributes]).canonicalText
    }

    /// A choice as Optuna allows it: a scalar, and anything else as its JSON text.
    private static func choice(_ node: YAMLNode) -> JSONValue {
        if case .scalar = node.value { node.json } else { .string(node.canonicalJSON) }
    }
}
