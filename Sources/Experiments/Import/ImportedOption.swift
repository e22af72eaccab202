// SPDX-License-Identifier: MIT

internal import Configuration

/// One option of somebody else's program: what it is called there, what it is when left out, and what becomes of it here.
///
/// A table of them is the only description of a program's options, as a table of fields is of a stage's keys.
struct ImportedOption {
    /// What becomes of a value.
    enum Fate {
        /// It stands under a key: `adapt.batch`.
        case key(String)
        /// The same, and it is text whatever it looks like.
        case text(String)
        /// It is one of some words, for each of which ours stands under a key.
        case word(String, KeyValuePairs<String, String>)
        /// What follows from it is the program's own rule.
        case rule
        /// Here it always has one of these values; a sentence for who wants another.
        case always([YAMLNode], String)
        /// No result depends on it; a sentence on what stands for it.
        case beside(String)
        /// It says something only beside another option, which is left out where it matters.
        case moot
    }

    /// The first is the one that reports use.
    let names: [String]
    /// The program's default; nil where it has none, or where none of ours should stand for it.
    let standard: YAMLNode?
    let fate: Fate

    init(_ name: String, or other: String? = nil, standard: YAMLNode? = nil, _ fate: Fate) {
        names = [name] + (other.map { [$0] } ?? [])
        self.standard = standard
        self.fate = fate
    }

    var name: String { names[0] }
}

/// An option's value.
struct ImportedValue {
    /// Its span is a key of the source's labels.
    let node: YAMLNode
    /// Why it is what it is, where nobody wrote it: `the default of --eps`.
    let reason: String?

    var isGiven: Bool { reason == nil }
}

/// What somebody wrote: a command line or a configuration file, as one flat mapping of options to values.
struct ImportSource {
    /// As it is shown in a header.
    let title: String
    /// Keys and values have the spans that ``labels`` tells apart.
    var entries: [YAMLNode.Entry]
    /// What a report calls the place of an option: `--eps 0.7`, or `config.yaml:73:10: TRAIN.OPTIM.lr`.
    var labels: [SourceSpan: String]
    /// How many devices the command runs on; nil where it does not say.
    var devices: Int?
}
