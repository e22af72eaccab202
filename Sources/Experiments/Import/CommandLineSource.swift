// SPDX-License-Identifier: MIT

internal import Configuration

/// A command line of a Python program, read as Python's `argparse` does without knowing the program: `--name value …`,
/// `--name=value`, `-n value`, and a name alone for a switch.
struct CommandLineSource {
    /// The program's file name.
    let program: String
    private let words: [String]
    private let devices: Int?

    /// - Parameter words: Such as `CUDA_VISIBLE_DEVICES=0,1 python examples/train.py -b 64`; one word with blanks is taken
    ///   apart. What stands before the program says how it is started, and only the devices among it are looked at.
    /// - Throws: ``ImportError/noProgram(found:)``.
    init(_ words: [String]) throws(ImportError) {
        let isText = words.count == 1 && words[0].contains(where: \.isWhitespace)
        let words = isText ? words[0].split(whereSeparator: \.isWhitespace).map(String.init).filter { $0 != "\\" } : words
        guard let place = words.firstIndex(where: { $0.hasSuffix(".py") || $0.hasSuffix(".sh") }) else {
            throw .noProgram(found: words)
        }
        program = String(words[place].split(separator: "/").last ?? "")
        devices = words[..<place].last { $0.hasPrefix(Self.devicesVariable) }
            .map { $0.dropFirst(Self.devicesVariable.count).split(separator: ",").count }
        self.words = Array(words[(place + 1)...])
    }

    private static let devicesVariable = "CUDA_VISIBLE_DEVICES="

    /// The options, the last of each, as the program would take it.
    ///
    /// - Parameter options: Those of the program, for their other names.
    func source(_ options: [ImportedOption]) -> ImportSource {
        let names = Dictionary(options.flatMap { option in option.names.map { ($0, option.name) } }) { first, _ in first }
        var source = ImportSource(
            title: ([program] + words).joined(separator: " "), entries: [], labels: [:], devices: devices)
        for (index, (name, values)) in groups.enumerated() {
            let span = SourceSpan(file: "command", line: 1, column: index + 1)
            source.labels[span] = ([name] + values).joined(separator: " ")
            let known = names[name] ?? name
            source.entries.removeAll { $0.key == known }
            source.entries.append(YAMLNode.Entry(key: known, keySpan: span, value: Self.node(values, span)))
        }
        return source
    }

    /// A switch is true; one word is what YAML makes of it; several are a sequence.
    private static func node(_ values: [String], _ span: SourceSpan) -> YAMLNode {
        let scalars = values.map { YAMLNode($0.isEmpty ? .text("") : Scalar(plain: $0), span: span) }
        return switch scalars.count {
        case 0: YAMLNode(.boolean(true), span: span)
        case 1: scalars[0]
        default: YAMLNode(.sequence(scalars), span: span)
        }
    }

    /// Each option with the words behind it; words before the first stand under their own.
    private var groups: [(name: String, values: [String])] {
        var groups: [(name: String, values: [String])] = []
        for word in words {
            guard word.hasPrefix("-"), Double(word) == nil else {
                if groups.isEmpty { groups.append((word, [])) } else { groups[groups.count - 1].values.append(word) }
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            groups.append((parts[0], Array(parts.dropFirst())))
        }
        return groups
    }
}
