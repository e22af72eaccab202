// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `A damaged document` {
    private static let seeds = [
        """
        # yaml-language-server: $schema=../docs/experiment.schema.json
        data: {source: personx, target: "visda-target"}
        network: resnet50
        sizes: [256, 128]
        optimiser: &adam {rate: 3.5e-4, momentum: 0.9}
        other: *adam
        notes: |
          two
          lines
        stages:
          - pretrain: {epochs: 120, head: linear}
          - adapt:
              name: 'again'
              epochs: 40
              head: {arcface: {scale: 64, margin: 0.35}}
          - postprocess
        """,
        "%YAML 1.2\n---\n? key\n: !!str 12\n'b': >-\n  folded\n  text\nc: [&x a, {d: e}, [*x]]\n...\n",
        "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: {é: *c, \"\\u00e9\\n\": ~}\n",
    ]

    private static let pieces = [
        ":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "#", "&a ", "*a", "!", "!!", "|", ">", "%", "@", "'",
        "\"", "\\",
        "\n", "\n  ", "\t", "---\n", "...\n", "<<", "\u{0}", "\u{85}", "\u{FEFF}", "é", "0", "9", ".", "e",
        "\r\n",
    ]

    @Test(arguments: seeds.indices)
    func `is a tree or a report, and never a crash`(seed: Int) {
        var generator = SplitMix(state: UInt64(seed))
        var accepted = 0
        for _ in 0..<1500 {
            let text = mutated(Self.seeds[seed], &generator)
            do throws(ConfigurationError) {
                let node = try Document.parse(text, file: "f.yaml")
                accepted += 1
                let again = try Document.parse(node.yamlText, file: "again.yaml")
                #expect(again.hasSameContent(as: node), "\(text)")
                _ = try? Document.overriding(node, with: ["adapt.epochs=3", "optimiser.rate=\(text)", text])
                let collector = ProblemCollector()
                _ = SampleExperiment(MappingReader(node, reportingTo: collector))
                try collector.check()
            } catch {
                #expect(error.problems.allSatisfy { !$0.description.isEmpty }, "\(text)")
                #expect(error.problems.map(\.span) == error.problems.map(\.span).sorted())
            }
        }
        // Most damage is harmless to YAML or all of it would be refused in the same place.
        #expect(accepted > 100 && accepted < 1400)
    }

    private func mutated(_ text: String, _ generator: inout SplitMix) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let start = Int.random(in: 0...scalars.count, using: &generator)
            let end = min(scalars.count, start + Int.random(in: 0...8, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: scalars.removeSubrange(start..<end)
            case 1:
                scalars.insert(
                    contentsOf: scalars[start..<end], at: Int.random(in: 0...scalars.count, using: &generator)
                )
            case 2:
                scalars.insert(
                    contentsOf: Self.pieces.randomElement(using: &generator)?.unicodeScalars.map { $0 } ?? [],
                    at: start)
            default:
                scalars.replaceSubrange(
                    start..<end,
                    with: Self.pieces.randomElement(using: &generator)?.unicodeScalars.map { $0 } ?? [])
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}

@Suite struct `A document without end` {
    @Test func `is refused when its aliases multiply`() {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1..<12 {
            let alias = "*a\(level - 1)"
            lines.append(
                "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]")
        }
        // Levels hold 11, 111, 1111, 11111 values; with their keys and the root the first four are 12349. The
        // fifth adds its key, its sequence and 11111 for each alias: 12351 + 8 · 11111 = 101239 at the
        // eighth, in column 10 + 7 · 5.
        #expect(
            report(lines.joined(separator: "\n"))
                == "f.yaml:5:45: found more than 100000 values; allowed: at most 100000, aliases expanded")
    }

    @Test func `is refused when it is too deep`() {
        let brackets = String(repeating: "[", count: 200)
        #expect(report(brackets) == "f.yaml:1:101: found a value 101 levels deep; allowed: 100 levels")
        let dashes = (0..<200).map { String(repeating: " ", count: $0) + "-\n" }.joined()
        #expect(report(dashes) == "f.yaml:101:101: found a value 101 levels deep; allowed: 100 levels")
    }

    @Test func `is refused when aliases make it too deep`() {
        let half = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let text =
            "a: &a \(half)\nb: \(String(repeating: "[", count: 60))*a\(String(repeating: "]", count: 60))"
        #expect(report(text) == "f.yaml:2:64: found a value 121 levels deep; allowed: 100 levels")
    }

    private func report(_ text: String) -> String {
        do throws(ConfigurationError) {
            _ = try Document.parse(text, file: "f.yaml")
            return ""
        } catch {
            return error.description
        }
    }
}
