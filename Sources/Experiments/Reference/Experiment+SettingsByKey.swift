// SPDX-License-Identifier: MIT

internal import Configuration
internal import Pipeline

extension Experiment {
    /// Every setting by the key that overrides it, `adapt.epochs`, beside the experiment's name. What is `null`, or only for
    /// people to read, is left out.
    var settingsByKey: [String: JSONValue] {
        var all: [String: JSONValue] = ["experiment": .string(name)]
        for entry in document.entries where entry.key != "description" {
            guard entry.key == "stages", case .sequence(let items) = entry.value.value else {
                all.merge(Self.leaves(of: entry.value, at: entry.key)) { $1 }
                continue
            }
            for (stage, item) in zip(stages, items) {
                for entry in item.entries { all.merge(Self.leaves(of: entry.value, at: stage.name)) { $1 } }
                all["\(stage.name).name"] = nil
            }
        }
        return all.filter { $0.value != .null }
    }

    private static func leaves(of node: YAMLNode, at key: String) -> [String: JSONValue] {
        JSONValue(node).leaves(at: key)
    }
}
