// SPDX-License-Identifier: MIT

internal import Configuration
public import Reporting

/// A place of the experiment file that somebody asks about: `data.location`, `adapt`, `adapt.eps`.
public struct KeyPlace: Sendable {
    /// A key, with the methods whose stages have it in this form; none for one of the file itself.
    struct Answer: Sendable {
        let methods: [String]
        let key: KeyDescription
    }

    /// As it was asked for; empty for the file as a whole.
    let path: String
    /// The method whose keys are shown; nothing for none.
    let method: ExperimentReference.Method?
    /// The other methods that the same place may have.
    let others: [String]
    /// What the place is itself, once for each form that methods give it; none for the file or a stage as a whole.
    let answers: [Answer]
    /// The keys that may stand here.
    let keys: [KeyDescription]
}

/// What can be wrong with a question about keys.
public enum KeyError: ReportedError, Equatable {
    case unknownKey(String, place: String, allowed: [String], nearest: String?)
    /// It is a key of stages, of these kinds, and was asked for without one.
    case keyOfStages(String, kinds: [String])
    case unknownMethod(String, place: String, allowed: [String], nearest: String?)
    /// A method was named for a place that no stage has.
    case noStage(place: String, kinds: [String])

    public var exitKind: ExitKind { .usage }

    public var description: String {
        let meant = { (nearest: String?) in nearest.map { " (did you mean '\($0)'?)" } ?? "" }
        return switch self {
        case .unknownKey(let key, let place, let allowed, let nearest):
            (place.isEmpty ? "" : "\(place): ") + "unknown key '\(key)'; allowed: "
                + (allowed.isEmpty ? "none" : allowed.joined(separator: ", ")) + meant(nearest)
        case .keyOfStages(let key, let kinds):
            "'\(key)' is a key of stages: "
                + kinds.map { "'passerby keys \($0).\(key)'" }.joined(separator: " or ")
        case .unknownMethod(let method, let place, let allowed, let nearest):
            (place.isEmpty ? "" : "\(place): ") + "no method '\(method)'; allowed: \(allowed.joined(separator: ", "))"
                + meant(nearest)
        case .noStage(let place, let kinds):
            "'\(place)' is no key of a stage, and only stages have methods; allowed: a place that begins with "
                + kinds.joined(separator: ", ")
        }
    }
}

extension ExperimentReference {
    /// What is known of a place.
    ///
    /// - Parameters:
    ///   - path: Keys joined by dots, those of stages below their kind; empty for the file as a whole.
    ///   - method: The method whose keys are meant; nothing for all that have the key, and for the default where a whole
    ///     stage is asked about.
    /// - Throws: ``KeyError``.
    public func place(_ path: String, method: String?) throws(KeyError) -> KeyPlace {
        let words = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let first = words.first, let kind = kinds.first(where: { $0.kind.rawValue == first }) else {
            return try placeOfFile(path, words, method: method)
        }
        let methods = try kind.methods(named: method)
        guard words.count > 1 else {
            let others = kind.methods.map(\.name).filter { $0 != methods[0].name }
            return KeyPlace(path: path, method: methods[0], others: others, answers: [], keys: methods[0].keys)
        }
        let rest = Array(words.dropFirst())
        let found = methods.compactMap { method in
            (try? key(rest, in: method.keys, at: first)).map { (method: method.name, key: $0) }
        }
        guard let one = found.first else { throw try unknown(rest, in: methods, at: first) }
        return KeyPlace(path: path, method: nil, others: [], answers: Self.grouped(found), keys: one.key.form.keys)
    }

    private func placeOfFile(_ path: String, _ words: [String], method: String?) throws(KeyError) -> KeyPlace {
        guard !path.isEmpty else {
            guard let method else { return KeyPlace(path: "", method: nil, others: [], answers: [], keys: keys) }
            guard let found = methods.first(where: { $0.name == method }) else {
                throw .unknownMethod(
                    method, place: "", allowed: methods.map(\.name), nearest: nearest(to: method, among: methods.map(\.name))
                )
            }
            return try place(found.kind.rawValue, method: method)
        }
        if !keys.contains(where: { $0.key == words[0] }) {
            let kinds = kinds.filter { kind in
                kind.methods.contains { (try? key(words, in: $0.keys, at: kind.kind.rawValue)) != nil }
            }
            guard kinds.isEmpty else { throw .keyOfStages(path, kinds: kinds.map(\.kind.rawValue)) }
        }
        let found = try key(words, in: keys, at: "", alsoMeant: kinds.map(\.kind.rawValue))
        guard method == nil else { throw .noStage(place: path, kinds: kinds.map(\.kind.rawValue)) }
        return KeyPlace(
            path: path, method: nil, others: [], answers: [.init(methods: [], key: found)], keys: found.form.keys)
    }

    /// The key that words lead to.
    private func key(
        _ words: [String], in keys: [KeyDescription], at place: String, alsoMeant: [String] = []
    ) throws(KeyError) -> KeyDescription {
        let known = keys.map(\.key) + alsoMeant
        guard let found = keys.first(where: { $0.key == words[0] }) else {
            throw .unknownKey(words[0], place: place, allowed: known, nearest: nearest(to: words[0], among: known))
        }
        let rest = Array(words.dropFirst())
        guard !rest.isEmpty else { return found }
        return try key(rest, in: found.form.keys, at: place.isEmpty ? words[0] : "\(place).\(words[0])")
    }

    /// Why no method has the key: of the one that comes furthest along the words, the default first.
    private func unknown(_ words: [String], in methods: [Method], at place: String) throws(KeyError) -> KeyError {
        guard methods.count > 1, !methods.contains(where: { $0.keys.contains { $0.key == words[0] } }) else {
            let method = methods.first { $0.keys.contains { $0.key == words[0] } } ?? methods[0]
            _ = try key(words, in: method.keys, at: place)
            preconditionFailure("'\(words)' is a key of \(method.name)")
        }
        var known: [String] = []
        for key in methods.flatMap(\.keys).map(\.key) where !known.contains(key) { known.append(key) }
        return .unknownKey(words[0], place: place, allowed: known, nearest: nearest(to: words[0], among: known))
    }

    /// One answer for all methods of which the same can be said.
    private static func grouped(_ found: [(method: String, key: KeyDescription)]) -> [KeyPlace.Answer] {
        var answers: [KeyPlace.Answer] = []
        for (method, key) in found {
            if let row = answers.firstIndex(where: { $0.key.text == key.text }) {
                answers[row] = .init(methods: answers[row].methods + [method], key: key)
            } else {
                answers.append(.init(methods: [method], key: key))
            }
        }
        return answers
    }
}

extension ExperimentReference.Kind {
    /// All, or the one that is asked for.
    fileprivate func methods(named name: String?) throws(KeyError) -> [ExperimentReference.Method] {
        guard let name else { return methods }
        guard let found = methods.first(where: { $0.name == name }) else {
            let known = methods.map(\.name)
            throw .unknownMethod(name, place: kind.rawValue, allowed: known, nearest: nearest(to: name, among: known))
        }
        return [found]
    }
}
