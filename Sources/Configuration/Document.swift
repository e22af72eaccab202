// SPDX-License-Identifier: MIT

/// Reading an experiment file: YAML text to a tree, `extends:` resolved, overrides applied.
public enum Document {
    /// What users are told of `extends` and `override`, which every file may have.
    public static var keys: [KeyDescription] { Composition.keys }

    /// The tree of a YAML text that holds one document.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - file: The name that spans and reports carry.
    /// - Returns: The root, which need not be a mapping.
    /// - Throws: ``ConfigurationError`` when the text is empty, not YAML, or uses what an experiment file may
    ///   not use: duplicate keys, keys that are no text, private tags, merge keys, several documents, aliases
    ///   that grow without bound.
    public static func parse(_ text: String, file: String) throws(ConfigurationError) -> YAMLNode {
        let startsWithMark = text.unicodeScalars.first == "\u{FEFF}"
        var composer = Composer(startsWithMark ? String(text.unicodeScalars.dropFirst()) : text) { mark in
            SourceSpan(file: file, line: mark.line + 1, column: mark.column + 1)
        }
        if let root = try composer.compose() { return root }
        throw ConfigurationError([
            Problem(
                .unsupported(found: "an empty file", allowed: "a mapping of keys to values"),
                at: SourceSpan(file: file, line: 1, column: 1))
        ])
    }

    /// The experiment of a file, with everything that it builds on.
    ///
    /// `extends: NAME` names another file, relative to this file's folder, with or without `.yaml`; its
    /// tree is loaded first. Mappings are merged key by key, anything else in this file replaces what the
    /// other says; only `stages` are merged by name: an item of the name of one of the other file's changes that
    /// one, and an item of a kind that the other file does not have is added behind its own.
    /// `override: {key.path: value}` then changes single values, as ``overriding(_:with:stages:)`` does. Neither key
    /// is left in the tree.
    ///
    /// - Parameters:
    ///   - path: The file, as the user gave it; spans carry it unchanged.
    ///   - stages: The key of the sequence of named items that overrides reach into.
    /// - Returns: The merged mapping; each value's span names the file that it came from.
    /// - Throws: ``ConfigurationError`` when a file of the chain cannot be read or parsed, is no mapping, or
    ///   extends itself; and with every stage that the other file has under another name.
    public static func load(
        _ path: String, stages: String = "stages"
    ) throws(ConfigurationError) -> YAMLNode {
        try Composition(stages: stages).load(path)
    }

    /// The tree with the values of a command line.
    ///
    /// An assignment is `key=value` or `key.path=value`, its value YAML (`a=[1, 2]`); `a=null` asks for the default, while
    /// `a=` is a mistake. The first
    /// key is one of the tree, or else the name of an item of `stages`; a key that the tree does not have is
    /// added, for the decoder to accept or to report at the place in the assignment. Later assignments win.
    ///
    /// - Parameters:
    ///   - node: The experiment's mapping.
    ///   - assignments: Arguments as typed, in order.
    ///   - stages: The key of the sequence of named items.
    /// - Returns: The changed tree.
    /// - Throws: ``ConfigurationError`` with every assignment that is malformed, or leads through a scalar
    ///   or to an item that does not exist.
    public static func overriding(
        _ node: YAMLNode, with assignments: [String], stages: String = "stages"
    ) throws(ConfigurationError) -> YAMLNode {
        var tree = node
        var problems: [Problem] = []
        for argument in assignments {
            do throws(ConfigurationError) {
                try Override(argument: argument).apply(to: &tree, stages: stages)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return tree
    }

    /// The tree with the values of a mapping of key paths, such as a file's `override:`.
    ///
    /// - Parameters:
    ///   - node: The experiment's mapping.
    ///   - entries: `key.path: value`, in order; reports name the places of their keys and values.
    ///   - stages: The key of the sequence of named items.
    /// - Returns: The changed tree.
    /// - Throws: As ``overriding(_:with:stages:)`` for assignments.
    public static func overriding(
        _ node: YAMLNode, with entries: [YAMLNode.Entry], stages: String = "stages"
    ) throws(ConfigurationError) -> YAMLNode {
        var tree = node
        var problems: [Problem] = []
        for entry in entries {
            do throws(ConfigurationError) {
                try Override(entry: entry).apply(to: &tree, stages: stages)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return tree
    }
}
