// SPDX-License-Identifier: MIT

/// How long the rest of a run will take: the forecast, corrected by what its stages have really taken so far.
struct RunOutlook {
    private let expected: [String: Double]
    private let unmeasured: Set<String>
    private var foreseen = 0.0
    private var spent = 0.0

    init(_ forecast: RunForecast?) {
        expected = forecast?.stages.mapValues(\.seconds) ?? [:]
        unmeasured = forecast?.unmeasured ?? []
    }

    /// Takes note of a stage that was computed.
    mutating func finished(_ stage: String, seconds: Double) {
        guard let expected = expected[stage] else { return }
        foreseen += expected
        spent += seconds
    }

    /// Seconds of some stages that are still to come; nil where there is no forecast, or none of one of them.
    func seconds(of stages: some Sequence<String>) -> Double? {
        guard !expected.isEmpty, unmeasured.isDisjoint(with: stages) else { return nil }
        let correction = foreseen > 0 ? spent / foreseen : 1
        return stages.reduce(0) { $0 + expected[$1, default: 0] } * correction
    }
}
