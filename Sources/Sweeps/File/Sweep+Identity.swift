// SPDX-License-Identifier: MIT

package import Configuration
public import Pipeline

extension Sweep {
    /// All that makes trials comparable, for a manifest: what may change while a sweep goes on, its budget and its
    /// description, is left out.
    ///
    /// - Parameter experiment: What of the experiment has an effect on results.
    public func identity(experiment: JSONValue) -> JSONValue {
        [
            "format": 1, "experiment": experiment,
            "fixed": .object(Dictionary(fixed.map { ($0.key, $0.value.json) }) { $1 }),
            "space": .array(space.dimensions.map(\.json)), "sampler": sampler.json,
            "seed": .integer(seed), "seeds": .array(seeds.map { .integer($0) }),
            "objective": [
                "row": objective.row.map { .string($0) } ?? .null, "figure": .string(objective.figure),
                "direction": .string(objective.direction.rawValue),
            ],
        ]
    }
}

extension SamplerChoice {
    fileprivate var json: JSONValue {
        guard case .tpe(let startup, let candidates) = self else { return .string(word.rawValue) }
        return ["tpe": ["startup": .integer(startup), "candidates": .integer(candidates)]]
    }
}

extension Dimension {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["key": .string(key)]
        switch domain {
        case .choices(let values): members["choices"] = .array(values.map(\.json))
        case .integers(let range, let isLogarithmic):
            members[isLogarithmic ? "log_range" : "range"] = [.integer(range.lowerBound), .integer(range.upperBound)]
        case .numbers(let range, let isLogarithmic):
            members[isLogarithmic ? "log_range" : "range"] = [.number(range.lowerBound), .number(range.upperBound)]
        }
        if let points { members["points"] = .integer(points) }
        if !conditions.isEmpty {
            members["when"] = .object(
                Dictionary(conditions.map { ($0.key, .array($0.values.map(\.json))) }) { $1 })
        }
        return .object(members)
    }
}

extension YAMLNode {
    /// A tree of settings as data that can be hashed and compared.
    package var json: JSONValue {
        switch value {
        case .scalar(.null), .scalar(.empty): .null
        case .scalar(.boolean(let value)): .bool(value)
        case .scalar(.integer(let value)): .integer(value)
        case .scalar(.float(let value)): .number(value)
        case .scalar(.text(let value)): .string(value)
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries): .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { $1 })
        }
    }
}
