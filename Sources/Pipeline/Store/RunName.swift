// SPDX-License-Identifier: MIT

/// A run among all runs: the experiment's name and the run's own, as one text `EXPERIMENT/RUN`.
public struct RunName: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The experiment's name; may hold `/` between parts.
    public let experiment: String
    /// The name of the run's folder.
    public let run: String

    public var description: String { "\(experiment)/\(run)" }

    /// A run by its two names.
    public init(experiment: String, run: String) {
        self.experiment = experiment
        self.run = run
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        // The last slash: a run's own name holds none.
        guard let slash = text.lastIndex(of: "/") else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' names no run")
        }
        self.init(experiment: String(text[..<slash]), run: String(text[text.index(after: slash)...]))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
