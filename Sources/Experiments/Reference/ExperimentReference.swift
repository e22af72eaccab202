// SPDX-License-Identifier: MIT

internal import Configuration

/// Every key that an experiment file may have, and what can be said of it. The command `keys`, the page of all keys and the
/// schema are made of it, and it is made of the tables of fields alone.
public struct ExperimentReference: Sendable {
    /// The keys of a stage with one method.
    struct Method: Sendable {
        let kind: StageKind
        let name: String
        let meaning: String
        let keys: [KeyDescription]
    }

    /// A kind of stage with its methods, the default first.
    struct Kind: Sendable {
        let kind: StageKind
        let methods: [Method]
    }

    /// Those of the file itself, `stages` last.
    let keys: [KeyDescription]
    let kinds: [Kind]

    public init() { self.init(StageMethod.self) }

    init(_ list: any MethodList.Type) {
        kinds = StageKind.allCases.compactMap { kind in
            let methods = list.settings.filter { $0.kind == kind }
            let names = methods.map { $0.method }
            return methods.isEmpty ? nil : Kind(kind: kind, methods: methods.map { Method($0, among: names) })
        }
        let stages = KeyDescription(
            "stages", .list(of: .word(kinds.map(\.kind.rawValue), orMatching: nil), count: nil),
            meaning: "The stages in their order, each its kind with its keys, as `adapt: {epochs: 3}`, or its kind alone.",
            isRequired: true)
        let settings = ExperimentSettings.keys.map { $0.key == "data" ? $0.required : $0 }
        keys = settings + Document.keys + [stages]
    }

    var methods: [Method] { kinds.flatMap(\.methods) }

    /// The kinds of stages that have a key, with one method at least.
    public func kindsOfStages(with key: String) -> [String] {
        kinds.filter { $0.methods.contains { $0.keys.contains { $0.key == key } } }.map(\.kind.rawValue)
    }
}

extension MethodList {
    fileprivate static var settings: [any StageSettings.Type] { allCases.map(\.settings) }
}

extension ExperimentReference.Method {
    fileprivate init(_ settings: any StageSettings.Type, among names: [String]) {
        kind = settings.kind
        name = settings.method
        meaning = settings.meaning
        let standard = YAMLNode(names[0])
        keys =
            [
                KeyDescription(
                    "name", .text(mayBeEmpty: true),
                    meaning: KeyMeaning(
                        "What the stage is called: by results, by later stages and on command lines. It has letters, digits, `-` and `_`.",
                        leftOut: "the stage's kind")),
                KeyDescription(
                    "method", .word(names, orMatching: nil),
                    meaning: "What the stage does. It decides which other keys there are.",
                    standard: standard),
            ] + settings.keys
    }
}
