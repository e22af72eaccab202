// SPDX-License-Identifier: MIT

public import Reporting
internal import Retrieval

/// A dataset of which no query could be scored.
public struct ScoringError: ReportedError, Equatable {
    let dataset: String
    let rankingProtocol: RankingProtocol
    /// What the protocol finds.
    let coverage: QueryCoverage
    /// The key that says the protocol.
    var key = "data.protocol"
    /// How many queries other protocols could score, where it is any.
    let others: [RankingProtocol: Int]

    public var exitKind: ExitKind { .badData }

    public var description: String {
        "\(dataset): \(reason)" + (remedy.map { ". Another protocol could: \($0) in the experiment" } ?? "")
    }

    var reason: String {
        let queries = counted(coverage.queryCount, "query")
        let all = "none of \(queries) can be scored under '\(rankingProtocol.rawValue)'"
        return switch coverage.sameCameraCount {
        case 0: "\(all): none has its identity in the gallery"
        case 1: "\(all): the one match shares the query's camera"
        default: "\(all): all \(coverage.sameCameraCount) matches share the query's camera"
        }
    }

    /// What to write into an experiment, for each protocol that could score some.
    var remedy: String? {
        let known = RankingProtocol.allCases.compactMap { other in
            others[other].map { "\(key)=\(other.rawValue) (\($0) of them)" }
        }
        return known.isEmpty ? nil : known.joined(separator: " or ")
    }
}
