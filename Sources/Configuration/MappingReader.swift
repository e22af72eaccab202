// SPDX-License-Identifier: MIT

/// Decodes one mapping strictly: what is asked for is read, and every other key is a problem.
///
/// A problem goes to the collector and the answer is none, so that a draft is read to its end and its user
/// sees every mistake at once. Copies of a reader share what was asked for.
public struct MappingReader {
    /// Which keys were asked for; shared with the collector, which finishes the readers nobody finished.
    final class State {
        let entries: [YAMLNode.Entry]
        let keyPath: String
        var asked: [String] = []
        var suggestions: [String] = []
        var isFinished: Bool

        init(entries: [YAMLNode.Entry], keyPath: String, isFinished: Bool) {
            self.entries = entries
            self.keyPath = keyPath
            self.isFinished = isFinished
        }
    }

    /// Where the mapping is written.
    public let span: SourceSpan
    /// Where problems go.
    public let collector: ProblemCollector
    private let state: State
    /// Whether the node is no mapping, which is reported once and not again for each key.
    private let isMapping: Bool

    /// A reader of a node.
    ///
    /// - Parameters:
    ///   - node: A mapping, or null, which counts as an empty one; anything else is reported.
    ///   - keyPath: The keys that lead to the node; empty for the root.
    ///   - collector: Where problems go.
    public init(_ node: YAMLNode, at keyPath: String = "", reportingTo collector: ProblemCollector) {
        self.span = node.span
        self.collector = collector
        if case .mapping = node.value { isMapping = true } else { isMapping = node.isNull }
        state = State(entries: node.entries, keyPath: keyPath, isFinished: !isMapping)
        if isMapping {
            collector.track(state)
        } else {
            collector.reportType(of: node, expected: "a mapping", keyPath)
        }
    }

    /// The keys that lead to this mapping; empty for the root.
    public var keyPath: String { state.keyPath }

    /// The keys of the mapping, in the order of the file.
    public var keys: [Located<String>] {
        state.entries.map { Located($0.key, span: $0.keySpan, keyPath: joined(keyPath, $0.key)) }
    }

    /// The value of a key that may be left out.
    ///
    /// - Parameters:
    ///   - key: A key of this mapping.
    ///   - reader: What the value has to be.
    /// - Returns: The value; none when the key is absent, null, or reported, as is a key with nothing behind it.
    public func optional<Value>(_ key: String, _ reader: ValueReader<Value>) -> Located<Value>? {
        guard let node = ask(key) else { return nil }
        guard !node.isEmpty else {
            reportEmpty(node, key, allowed: "\(reader.expected), or null for the default")
            return nil
        }
        guard !node.isNull else { return nil }
        return reader.located(node, at: joined(keyPath, key), collector)
    }

    /// The value of a key that must be there.
    ///
    /// - Parameters:
    ///   - key: A key of this mapping.
    ///   - reader: What the value has to be.
    /// - Returns: The value; none when it was reported, its absence included.
    public func required<Value>(_ key: String, _ reader: ValueReader<Value>) -> Located<Value>? {
        if let node = ask(key) {
            guard !node.isEmpty else {
                reportEmpty(node, key, allowed: reader.expected)
                return nil
            }
            return reader.located(node, at: joined(keyPath, key), collector)
        }
        if isMapping {
            collector.report(.missing(key: key, expected: reader.expected), at: span, keyPath: keyPath)
        }
        return nil
    }

    /// Whether a key is there, whatever it holds.
    public func has(_ key: String) -> Bool { state.entries.contains { $0.key == key } }

    /// Lets keys pass that were not asked for, where it is not known which ones there are.
    public func letRestPass() { state.isFinished = true }

    /// Names that an unknown key of this mapping may have meant although they are no keys of it, such as
    /// those of stages, which a command line addresses like keys.
    public func suggest(_ names: [String]) {
        state.suggestions += names
    }

    /// Reports every key that was not asked for.
    ///
    /// The second call does nothing, and ``ProblemCollector/check()`` makes the first where it is missing.
    public func finish() {
        state.finish(reportingTo: collector)
    }

    private func reportEmpty(_ node: YAMLNode, _ key: String, allowed: String) {
        collector.report(.noValue(allowed: allowed), at: node.span, keyPath: joined(keyPath, key))
    }

    private func ask(_ key: String) -> YAMLNode? {
        if !state.asked.contains(key) { state.asked.append(key) }
        return state.entries.first { $0.key == key }?.value
    }
}

extension MappingReader.State {
    func finish(reportingTo collector: ProblemCollector) {
        guard !isFinished else { return }
        isFinished = true
        for entry in entries where !asked.contains(entry.key) {
            guard !suggestions.contains(entry.key) else {
                collector.report(.itemAsKey(entry.key), at: entry.keySpan, keyPath: joined(keyPath, entry.key))
                continue
            }
            let kind = Problem.Kind.unknownKey(
                found: entry.key, allowed: asked.sorted(),
                nearest: nearest(to: entry.key, among: asked + suggestions))
            collector.report(kind, at: entry.keySpan, keyPath: joined(keyPath, entry.key))
        }
    }
}
