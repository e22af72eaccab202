// SPDX-License-Identifier: MIT

/// Builds the tree of one document from its events, and collects what an experiment file may not use.
struct Composer {
    /// One problem after which nothing more can be read.
    private struct Stop: Error {
        let problem: Problem
    }

    private struct Anchored {
        let node: YAMLNode
        let size: Int
        let height: Int
    }

    private let events: YAMLEvents
    private let limits: DocumentLimits
    private let rootPath: String
    private let span: (Mark) -> SourceSpan
    private var problems: [Problem] = []
    private var anchors: [String: Anchored] = [:]
    private var openAnchors: Set<String> = []
    private var nodeCount = 0

    /// - Parameters:
    ///   - text: The whole document.
    ///   - limits: How large the tree may become.
    ///   - keyPath: The keys that lead to the document's root, for reports.
    ///   - span: Where libyaml's line and column, which count from 0, are for the user.
    init(
        _ text: String, limits: DocumentLimits = DocumentLimits(), keyPath: String = "",
        span: @escaping (Mark) -> SourceSpan
    ) {
        self.events = YAMLEvents(text)
        self.limits = limits
        self.rootPath = keyPath
        self.span = span
    }

    /// The tree of the only document; none when the text holds no value at all.
    ///
    /// - Throws: ``ConfigurationError`` with every duplicate key, tag and alias that cannot be read, or
    ///   with the first place where the text is not YAML or grows too large.
    mutating func compose() throws(ConfigurationError) -> YAMLNode? {
        var root: YAMLNode?
        do throws(Stop) {
            root = try stream()
        } catch {
            problems.append(error.problem)
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return root
    }

    private mutating func stream() throws(Stop) -> YAMLNode? {
        var root: YAMLNode?
        var documentCount = 0
        while true {
            let event = try next()
            switch event.content {
            case .streamEnd:
                return root
            case .documentStart:
                documentCount += 1
                guard documentCount == 1 else {
                    throw stop(found: "a second document", allowed: "one document a file", at: event)
                }
                root = try node(next(), keyPath: rootPath, depth: 1)
            default:
                continue
            }
        }
    }

    private func next() throws(Stop) -> YAMLEvent {
        do throws(YAMLSyntaxError) {
            return try events.next()
        } catch {
            let begun = error.begun.map(span).map { " begun at \($0.line):\($0.column)" } ?? ""
            let kind = Problem.Kind.syntax(error.message + begun)
            throw Stop(problem: Problem(kind, at: span(error.mark), keyPath: rootPath))
        }
    }

    // MARK: Nodes

    private mutating func node(_ event: YAMLEvent, keyPath: String, depth: Int) throws(Stop) -> YAMLNode {
        if case .alias(let name) = event.content { return try expand(name, event, keyPath, depth) }
        try count(1, deepest: depth, at: event)
        if let anchor = event.anchor { openAnchors.insert(anchor) }
        let node = YAMLNode(try value(event, keyPath: keyPath, depth: depth), span: span(event.mark))
        if let anchor = event.anchor {
            openAnchors.remove(anchor)
            let (size, height) = node.extent
            anchors[anchor] = Anchored(node: node, size: size, height: height)
        }
        return node
    }

    private mutating func value(
        _ event: YAMLEvent, keyPath: String, depth: Int
    ) throws(Stop) -> YAMLNode.Value {
        switch event.content {
        case .scalar(let text, let tag, let isPlain):
            return .scalar(scalar(text, tag: tag, isPlain: isPlain, event, keyPath))
        case .sequenceStart(let tag):
            check(tag, isOneOf: ["seq"], event, keyPath)
            return .sequence(try items(keyPath: keyPath, depth: depth))
        case .mappingStart(let tag):
            check(tag, isOneOf: ["map"], event, keyPath)
            return .mapping(try entries(keyPath: keyPath, depth: depth))
        case .alias, .end, .documentStart, .documentEnd, .streamStart, .streamEnd:
            preconditionFailure("libyaml promises a node, found \(event.content)")
        }
    }

    private mutating func items(keyPath: String, depth: Int) throws(Stop) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try next()
            if case .end = event.content { return items }
            items.append(try node(event, keyPath: "\(keyPath)[\(items.count)]", depth: depth + 1))
        }
    }

    private mutating func entries(keyPath: String, depth: Int) throws(Stop) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var firstSpans: [String: SourceSpan] = [:]
        while true {
            let event = try next()
            if case .end = event.content { return entries }
            let key = try node(event, keyPath: keyPath, depth: depth + 1)
            let name = self.name(of: key, event, keyPath)
            let path = joined(keyPath, name ?? "?")
            let value = try node(next(), keyPath: path, depth: depth + 1)
            guard let name else { continue }
            // Of the event, because an alias as a key has its node's span elsewhere.
            let keySpan = span(event.mark)
            if let first = firstSpans[name] {
                problems.append(Problem(.duplicateKey(first: first), at: keySpan, keyPath: path))
            } else {
                firstSpans[name] = keySpan
                entries.append(YAMLNode.Entry(key: name, keySpan: keySpan, value: value))
            }
        }
    }

    /// The text of a key; none, and a problem, when it is something else.
    private mutating func name(of key: YAMLNode, _ event: YAMLEvent, _ keyPath: String) -> String? {
        let found: String
        switch key.value {
        case .scalar(.text("<<")):
            if case .scalar(_, _, isPlain: false) = event.content { return "<<" }
            report(found: "the merge key '<<'", allowed: "'extends:' to build on a file", at: event, keyPath)
            return nil
        case .scalar(.text(let text)): return text
        case .scalar(.null), .scalar(.empty): found = "the key null"
        case .scalar(let scalar): found = "the key \(scalar.found)"
        case .sequence: found = "a sequence as a key"
        case .mapping: found = "a mapping as a key"
        }
        report(found: found, allowed: "text as a key, quoted where it looks like a value", at: event, keyPath)
        return nil
    }

    // MARK: Scalars and tags

    private static let corePrefix = "tag:yaml.org,2002:"

    private mutating func scalar(
        _ text: String, tag: String?, isPlain: Bool, _ event: YAMLEvent, _ keyPath: String
    ) -> Scalar {
        guard let tag else { return isPlain ? Scalar(plain: text) : .text(text) }
        let names = ["str", "int", "float", "bool", "null"]
        guard check(tag, isOneOf: names, event, keyPath) else { return .text(text) }
        let resolved = Scalar(plain: text)
        switch (tag.dropFirst(Composer.corePrefix.count), resolved) {
        case ("int", .integer), ("float", .float), ("bool", .boolean), ("null", .null): return resolved
        case ("null", .empty): return .null
        case ("float", .integer(let integer)): return .float(Double(integer))
        case ("str", _), ("", _): return .text(text)
        case (let name, _):
            report(found: resolved.found, allowed: "what its tag '!!\(name)' says", at: event, keyPath)
            return resolved
        }
    }

    /// Whether a node's tag is the core schema's for its kind; reports a problem when it is not.
    @discardableResult
    private mutating func check(
        _ tag: String?, isOneOf names: [String], _ event: YAMLEvent, _ keyPath: String
    ) -> Bool {
        let prefix = Composer.corePrefix
        guard let tag, tag != "!", !names.contains(where: { tag == prefix + $0 }) else { return true }
        let written = tag.hasPrefix(prefix) ? "!!\(tag.dropFirst(prefix.count))" : tag
        let allowed = "no tag, or " + names.map { "!!\($0)" }.joined(separator: ", ")
        report(found: "the tag '\(shown(written))'", allowed: allowed, at: event, keyPath)
        return false
    }

    // MARK: Aliases and limits

    private mutating func expand(
        _ name: String, _ event: YAMLEvent, _ keyPath: String, _ depth: Int
    ) throws(Stop) -> YAMLNode {
        guard let anchored = anchors[name], !openAnchors.contains(name) else {
            let place = openAnchors.contains(name) ? "inside its own anchor" : "without an anchor before it"
            let allowed = "an alias of a value that is complete"
            throw stop(found: "the alias '*\(name)' \(place)", allowed: allowed, at: event, keyPath)
        }
        try count(anchored.size, deepest: depth + anchored.height - 1, at: event)
        return anchored.node
    }

    private mutating func count(_ nodes: Int, deepest: Int, at event: YAMLEvent) throws(Stop) {
        nodeCount += nodes
        if nodeCount > limits.nodes {
            let allowed = "at most \(limits.nodes), aliases expanded"
            throw stop(found: "more than \(limits.nodes) values", allowed: allowed, at: event)
        }
        if deepest > limits.depth {
            throw stop(found: "a value \(deepest) levels deep", allowed: "\(limits.depth) levels", at: event)
        }
    }

    private func stop(found: String, allowed: String, at event: YAMLEvent, _ keyPath: String = "") -> Stop {
        let kind = Problem.Kind.unsupported(found: found, allowed: allowed)
        return Stop(problem: Problem(kind, at: span(event.mark), keyPath: keyPath))
    }

    private mutating func report(found: String, allowed: String, at event: YAMLEvent, _ keyPath: String) {
        problems.append(stop(found: found, allowed: allowed, at: event, keyPath).problem)
    }
}

/// The key path of a key inside a mapping.
func joined(_ keyPath: String, _ key: String) -> String {
    keyPath.isEmpty ? key : "\(keyPath).\(key)"
}
