// SPDX-License-Identifier: MIT

/// What a value has to be, and how it is read from a node.
///
/// Readers are composed: `.list(of: .integer(1...))`, `.mapping { reader in Head.Draft(reader) }`.
public struct ValueReader<Value> {
    /// What is allowed, as reports say it: `an integer, 1 or more`.
    public let expected: String
    /// The same as data.
    public let form: ValueForm
    private let read: (YAMLNode, String, ProblemCollector) -> Value?

    /// - Parameters:
    ///   - expected: What is allowed, as reports say it.
    ///   - form: The same as data; nothing where only the words can say it.
    ///   - read: The value of a node at a key path; none after a problem was reported to the collector.
    public init(
        expected: String, form: ValueForm? = nil,
        read: @escaping (YAMLNode, String, ProblemCollector) -> Value?
    ) {
        self.expected = expected
        self.form = form ?? .other(expected)
        self.read = read
    }

    /// The value of a node with its place; none after a problem.
    func located(_ node: YAMLNode, at keyPath: String, _ collector: ProblemCollector) -> Located<Value>? {
        value(node, at: keyPath, collector).map { Located($0, span: node.span, keyPath: keyPath) }
    }

    /// The value of a node; none after a problem.
    public func value(_ node: YAMLNode, at keyPath: String, _ collector: ProblemCollector) -> Value? {
        read(node, keyPath, collector)
    }

    /// A reader of scalars: none from `convert` is a value of the wrong type.
    static func scalar(_ expected: String, _ form: ValueForm, convert: @escaping (Scalar) -> Value?) -> ValueReader {
        ValueReader(expected: expected, form: form) { node, keyPath, collector in
            if case .scalar(let scalar) = node.value, let value = convert(scalar) { return value }
            collector.reportType(of: node, expected: expected, keyPath)
            return nil
        }
    }
}
