// SPDX-License-Identifier: MIT

internal import Foundation

extension StageManifest {
    /// Reads a manifest of this or an earlier format.
    ///
    /// An earlier one is what it would have been if it had been written today, but for `format` and `key`, which keep
    /// its result from being taken for one of today's.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``, also for a format of a later program.
    static func read(from url: URL) throws -> StageManifest {
        struct Version: Decodable { let format: Int }
        let format = try JSONFile.read(Version.self, from: url).format
        guard format < Plan.formatVersion else {
            guard format == Plan.formatVersion else { throw newer(format, url) }
            return try JSONFile.read(StageManifest.self, from: url)
        }
        guard case .object(var members) = try JSONFile.read(JSONValue.self, from: url) else {
            throw PipelineError.corruptFile(path: url.path, reason: "holds no object")
        }
        for version in max(1, format)..<Plan.formatVersion { upgrade(&members, from: version, at: url) }
        return try JSONFile.decode(
            StageManifest.self, from: Data(JSONValue.object(members).canonicalText.utf8), of: url)
    }

    /// Adds what the next format has besides.
    private static func upgrade(_ members: inout [String: JSONValue], from version: Int, at url: URL) {
        switch version {
        case 1:
            // No stage was shared; the run is told by its folder, LOGS/EXPERIMENT/RUN/stages/STAGE/manifest.json.
            let parts = url.standardizedFileURL.pathComponents.dropLast(3)
            let (run, experiment) = (parts.last ?? "", parts.dropLast().last ?? "")
            members["origin"] = .string("\(experiment)/\(run)")
            members["reused"] = .bool(false)
        case 2:
            members["boundaries"] = .integer(0)
            members["states"] = .object([:])
        case 3:
            // Only plans have changed: a stage's settings hold its own backbone.
            break
        default:
            preconditionFailure("no way leads on from format \(version)")
        }
    }

    private static func newer(_ format: Int, _ url: URL) -> PipelineError {
        .corruptFile(
            path: url.path,
            reason: "is of format \(format), and this program knows formats up to \(Plan.formatVersion)")
    }
}
