// SPDX-License-Identifier: MIT

internal import Configuration

/// A resolved experiment as YAML, and behind every value where it comes from: the file and its line, an override, another
/// key, or nothing but its default.
public struct SettingsListing: Sendable {
    private let experiment: Experiment
    private let resolved: YAMLNode
    private let reference = ExperimentReference()

    public init(_ experiment: Experiment) {
        self.init(experiment, resolved: experiment.document)
    }

    /// - Parameter resolved: The experiment's document.
    init(_ experiment: Experiment, resolved: YAMLNode) {
        self.experiment = experiment
        self.resolved = resolved
    }

    public var text: String { resolved.yamlText { origin(of: $0) } }

    private var written: YAMLNode { experiment.written }

    private func origin(of path: [String]) -> String? {
        guard path.first == "stages", path.count > 3, let row = Int(path[1]), experiment.stages.indices.contains(row)
        else { return origin(of: path[...], in: written, among: reference.keys) }
        let stage = experiment.stages[row]
        let kind = path[2]
        let item = written.stage(named: stage.name)
        let method = reference.methods.first { $0.kind.rawValue == kind && $0.name == stage.definition.method }
        guard let item, let method else { return nil }
        return origin(of: path.dropFirst(3), in: item, among: method.keys)
    }

    private func origin(of path: ArraySlice<String>, in node: YAMLNode, among keys: [KeyDescription]) -> String? {
        guard let first = path.first else { return place(of: node) }
        let key = keys.first { $0.key == first }
        guard let value = node[first], !value.isNull else { return key.flatMap(origin(ofUnwritten:)) ?? "default" }
        let rest = path.dropFirst()
        // Rows of a list have no place of their own that would say more.
        guard case .mapping = value.value, !rest.isEmpty else {
            return rest.isEmpty || key == nil ? place(of: value) : chosen(by: value)
        }
        return origin(of: rest, in: value, among: key?.form.keys ?? [])
    }

    /// What stands inside a value that was written as one word, `camera: true` or `head: arcface`.
    private func chosen(by value: YAMLNode) -> String { "default of \(value.flowText), \(place(of: value))" }

    private func origin(ofUnwritten key: KeyDescription) -> String {
        guard let leftOut = key.meaning.leftOut else { return "default" }
        // The experiment's own, where it is one of its keys that stands in.
        let inherited = written[key.key].flatMap { leftOut.contains("`\(key.key)`") ? place(of: $0) : nil }
        return ([leftOut] + (inherited.map { [$0] } ?? [])).joined(separator: ", ")
    }

    private func place(of node: YAMLNode) -> String {
        let span = node.span
        return span.isFile ? "\(span.file):\(span.line)" : span.file
    }
}

extension YAMLNode {
    /// The keys of the stage with this name, or of the one whose kind is its name.
    fileprivate func stage(named name: String) -> YAMLNode? { FieldPlaces(self).item(named: name)?.body }
}
