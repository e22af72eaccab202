// SPDX-License-Identifier: MIT

internal import Configuration

/// An experiment file that is being put together, and what has to be said about it.
struct ImportDraft {
    private var settings: [YAMLNode.Entry] = []
    private var stages: [(kind: StageKind, name: String, entries: [YAMLNode.Entry])] = []
    /// Values that nobody wrote: key, value, and where it is from.
    private(set) var unwritten: [String] = []
    /// What has no place here: the option, and why.
    private(set) var leftOut: [String] = []

    /// Puts a value under a key path whose first component is a stage's name, or a key of the experiment.
    ///
    /// - Parameter reason: Why it is what it is, where nobody wrote it.
    mutating func set(_ path: String, _ node: YAMLNode, reason: String? = nil) {
        let keys = path.split(separator: ".").map(String.init)
        if let stage = stages.firstIndex(where: { $0.name == keys[0] }), keys.count > 1 {
            Self.put(node, at: keys.dropFirst(), in: &stages[stage].entries)
        } else {
            Self.put(node, at: keys[...], in: &settings)
        }
        if let reason { unwritten.append("\(path): \(Self.inline(node)), \(reason)") }
    }

    /// The same; nothing for a value that could not be read, which was reported.
    mutating func set(_ path: String, _ value: ImportedValue?) {
        if let value { set(path, value.node, reason: value.reason) }
    }

    /// Puts a value under a key of the experiment that has none yet.
    mutating func setMissing(_ path: String, _ node: YAMLNode, reason: String) {
        let keys = path.split(separator: ".").map(String.init)
        if keys.reduce(Optional(YAMLNode(.mapping(settings))), { $0?[$1] }) == nil { set(path, node, reason: reason) }
    }

    /// Adds a stage; keys that begin with its name are its own from then on.
    mutating func add(_ kind: StageKind, name: String? = nil, _ entries: KeyValuePairs<String, YAMLNode> = [:]) {
        let named = name.map { [YAMLNode.Entry(key: "name", value: YAMLNode($0))] } ?? []
        stages.append((kind, name ?? kind.rawValue, named + entries.map { YAMLNode.Entry(key: $0, value: $1) }))
    }

    mutating func leaveOut(_ what: String, _ reason: String) {
        leftOut.append("\(what): \(reason)")
    }

    /// The experiment as a document, its keys in their usual order; what was set keeps its spans.
    var document: YAMLNode {
        var settings = Self.sorted(settings, as: ExperimentSettings.fields.map(\.key))
        if let data = settings.firstIndex(where: { $0.key == "data" }) {
            let entries = settings[data].value.entries
            settings[data].value.value = .mapping(Self.sorted(entries, as: DataChoice.fields.map(\.key)))
        }
        let items = stages.map { stage in
            YAMLNode(.mapping([.init(key: stage.kind.rawValue, value: YAMLNode(.mapping(stage.entries)))]))
        }
        return YAMLNode(.mapping(settings + [.init(key: "stages", value: YAMLNode(items))]))
    }

    private static func sorted(_ entries: [YAMLNode.Entry], as keys: [String]) -> [YAMLNode.Entry] {
        let places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
        return entries.sorted { (places[$0.key] ?? keys.count) < (places[$1.key] ?? keys.count) }
    }

    private static func put(_ node: YAMLNode, at keys: ArraySlice<String>, in entries: inout [YAMLNode.Entry]) {
        guard let key = keys.first else { preconditionFailure("a value with no key") }
        let place = entries.firstIndex { $0.key == key }
        guard keys.count > 1 else {
            let entry = YAMLNode.Entry(key: key, keySpan: node.span, value: node)
            if let place { entries[place] = entry } else { entries.append(entry) }
            return
        }
        var inner = place.map { entries[$0].value.entries } ?? []
        // A report about all of it is made where its first part is from.
        let span = inner.first?.keySpan ?? node.span
        put(node, at: keys.dropFirst(), in: &inner)
        let entry = YAMLNode.Entry(key: key, keySpan: span, value: YAMLNode(.mapping(inner), span: span))
        if let place { entries[place] = entry } else { entries.append(entry) }
    }

    /// A value on one line.
    private static func inline(_ node: YAMLNode) -> String {
        let entries = node.entries.map { "\($0.key): \(inline($0.value))" }
        return entries.isEmpty ? String(node.yamlText.dropLast()) : "{\(entries.joined(separator: ", "))}"
    }
}
