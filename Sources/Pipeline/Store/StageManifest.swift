// SPDX-License-Identifier: MIT

/// The contents of a stage's `manifest.json`, written last: where it is, the stage is done.
public struct StageManifest: Sendable, Codable, Equatable {
    /// An artefact as it was when the stage ended.
    public struct Entry: Sendable, Codable, Equatable {
        /// The name in the stage's folder.
        public let name: String
        /// What it holds.
        public let kind: Artefact.Kind
        /// How many files it is made of.
        public let files: Int
        /// How many bytes they hold.
        public let bytes: Int
        /// The digest of the file, or of the sorted names and digests of the folder's files.
        public let sha256: ContentDigest
    }

    /// The version of the artefacts' formats.
    public let format: Int
    /// The stage's name.
    public let stage: String
    /// The method that filled it.
    public let method: String
    /// What determined the result.
    public let key: StageKey
    /// The run that computed it.
    public let origin: RunName
    /// Whether it came from there through the store, and was not computed in the run that this file lies in.
    public let reused: Bool
    /// Seconds that it took there, all attempts together.
    public let seconds: Double
    /// Moments there at which it could have been left, all attempts together.
    public let boundaries: Int
    /// The digest of all state at the end of each of its trainings, by the training's name; empty for the only one.
    public let states: [String: ContentDigest]
    /// Every artefact of the stage's plan.
    public let artefacts: [Entry]
    /// The stage's own figures by name.
    public let metrics: [String: Double]
    /// The stage's rows of the final table.
    public let rows: [ResultRow]
    /// What a reader should know besides, sorted; nil where there is nothing.
    public let notes: [String]?

    /// The same result under another run's name for the stage.
    func reused(as stage: String) -> StageManifest {
        StageManifest(
            format: format, stage: stage, method: method, key: key, origin: origin, reused: true, seconds: seconds,
            boundaries: boundaries, states: states, artefacts: artefacts, metrics: metrics, rows: rows, notes: notes)
    }
}
