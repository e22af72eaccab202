// SPDX-License-Identifier: MIT

public import Configuration

/// How jobs are asked of Slurm, as the `slurm:` of a sweep's or table's file says it; nothing of it has an effect on
/// results.
public struct SlurmSettings: Sendable, Equatable {
    /// A long option of `sbatch`, and its value: nil for a flag.
    public struct SbatchOption: Sendable, Equatable {
        public let name: String
        public let value: String?

        init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// In the order of the file.
    public let options: [SbatchOption]
    /// Options that the script would have, and that the file takes away.
    public let without: [String]
    /// Jobs that come one after the other, each when the one before has ended; 1 for jobs that queue again by themselves.
    public let chain: Int
    /// Lines of shell before the worker, such as `module load cuda`.
    public let setup: [String]

    /// How many jobs may come one after the other.
    static let chainLimits = 1...1000

    /// The launcher's own.
    public static let none = SlurmSettings(options: [], without: [], chain: 1, setup: [])
}

extension ValueReader where Value == SlurmSettings {
    /// The value of `slurm:`.
    public static var slurm: ValueReader {
        .mapping { mapping in
            let options = mapping.optional("options", .sbatchOptions)?.value ?? []
            return SlurmSettings(
                options: options.compactMap { name, value in value.map { .init(name, $0.text) } },
                without: options.compactMap { name, value in value == nil ? name : nil },
                chain: mapping.optional("chain", .integer(SlurmSettings.chainLimits))?.value ?? 1,
                setup: mapping.optional("setup", .list(of: .shellLine))?.value.map(\.value) ?? [])
        }
    }
}

/// The value of an option, which a flag has none of.
private struct SbatchValue {
    let text: String?
}

extension ValueReader where Value == [(String, SbatchValue?)] {
    /// What the launcher says itself, as it needs to know what was said.
    private static var own: [String] { ["array", "chdir", "dependency", "export-file", "parsable", "wait", "wrap"] }

    /// A mapping of long options without their dashes: `{partition: gpu, cpus-per-task: 8, exclusive: true}`; null takes an
    /// option away that the script has by default.
    fileprivate static var sbatchOptions: ValueReader {
        let expected =
            "a mapping of sbatch's long options, without dashes, to texts, numbers, true (a flag) or null (without it)"
        return ValueReader(expected: expected) { node, keyPath, collector in
            guard case .mapping(let entries) = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            var options: [(String, SbatchValue?)] = []
            for entry in entries {
                let path = "\(keyPath).\(entry.key)"
                if own.contains(entry.key) {
                    collector.report(
                        .conflict("the launcher says '\(entry.key)' itself; allowed: sbatch's other options"),
                        at: entry.keySpan, keyPath: path)
                } else if entry.key.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) == nil || entry.key.count == 1 {
                    collector.report(
                        .conflict("'\(entry.key)' is no long option; allowed: such as partition, time and cpus-per-task"),
                        at: entry.keySpan, keyPath: path)
                } else if let value = value(entry.value, path, collector) {
                    options.append((entry.key, value))
                }
            }
            return options.count == entries.count ? options : nil
        }
    }

    /// - Returns: Nothing after a problem; within it nothing for null.
    private static func value(_ node: YAMLNode, _ path: String, _ collector: ProblemCollector) -> SbatchValue?? {
        let expected = "a text of one line, a number, true or null"
        switch node.value {
        case .scalar(.null): return .some(nil)
        case .scalar(.boolean(true)): return SbatchValue(text: nil)
        case .scalar(.integer(let value)): return SbatchValue(text: "\(value)")
        case .scalar(.float(let value)): return SbatchValue(text: "\(value)")
        case .scalar(.text(let text)) where !text.isEmpty && !text.contains(where: \.isNewline):
            return SbatchValue(text: text)
        case .scalar, .sequence, .mapping:
            collector.reportType(of: node, expected: expected, path)
            return nil
        }
    }
}

extension ValueReader where Value == String {
    fileprivate static var shellLine: ValueReader {
        let expected = "a line of shell"
        return ValueReader(expected: expected) { node, keyPath, collector in
            if case .scalar(.text(let text)) = node.value, !text.contains(where: \.isNewline) { return text }
            collector.reportType(of: node, expected: expected, keyPath)
            return nil
        }
    }
}
