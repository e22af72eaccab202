// SPDX-License-Identifier: MIT

/// How much of the variance of the complete trials' values goes with one setting alone.
///
/// Trials are put into groups by the setting. With T the sum of squares of n values around their mean, and W that around the
/// means of their k groups, the share is
///
///     ε² = 1 − (W / (n − k)) / (T / (n − 1))
///
/// which is the adjusted R² of an analysis of variance with one factor. Unlike η² = 1 − W / T, which grows with the number
/// of groups whatever they are, it is 0 in the mean over all orders of the values: a setting without effect comes to 0.
///
/// What settings do only together, and chance, is in no share.
///
/// - SeeAlso: Kelley, "An unbiased correlation ratio measure", PNAS 21, 1935.
public struct SettingImportance: Sendable, Equatable, Encodable {
    /// The setting.
    public let setting: String
    /// At most 1; of a setting without effect around 0, and so below it as often as above.
    public let share: Double
    /// How many complete trials have the setting; others count for nothing.
    public let trials: Int
    /// Into how many groups they fell.
    public let groups: Int

    /// Complete trials before which nothing is said.
    public static let leastTrials = 10
    /// Trials of a group, on average, before which nothing is said.
    static let leastGroup = 2
}

extension SettingImportance {
    /// The share of a setting.
    ///
    /// Choices are groups of their own, and so are the values of a range where they are no more than √n. More are put into
    /// √n parts of the range, equal as the space has them: of equal differences, or of equal ratios.
    ///
    /// - Returns: Nil where fewer than ``leastTrials`` complete trials have the setting, where they have one value of it or
    ///   more than half as many as they are, and where all came to the same.
    init?(of dimension: Dimension, among trials: [SweepTrial]) {
        let points = trials.compactMap { trial -> (coordinate: Double, value: Double)? in
            guard trial.state == .complete, let value = trial.value else { return nil }
            return trial.coordinates[dimension.key].map { ($0, value) }
        }
        guard points.count >= Self.leastTrials else { return nil }
        let groups = Self.groups(of: points.map(\.coordinate), dimension)
        let count = Set(groups).count
        guard points.count >= Self.leastGroup * count,
            let share = Self.share(of: points.map(\.value), in: groups)
        else { return nil }
        (setting, self.share, self.trials, self.groups) = (dimension.key, share, points.count, count)
    }

    /// The group of each coordinate.
    static func groups(of coordinates: [Double], _ dimension: Dimension) -> [Double] {
        if case .choices = dimension.domain { return coordinates }
        let most = Double(coordinates.count).squareRoot().rounded(.up)
        guard Set(coordinates).count > Int(most) else { return coordinates }
        return coordinates.map { min((dimension.part(of: $0) * most).rounded(.down), most - 1) }
    }

    /// ε² of values in groups; nil where all values are equal, and where there is one group or no group of two.
    static func share(of values: [Double], in groups: [Double]) -> Double? {
        precondition(values.count == groups.count, "\(values.count) values in groups of \(groups.count)")
        let members = Dictionary(grouping: zip(groups, values)) { $0.0 }.mapValues { $0.map(\.1) }
        let (n, k) = (Double(values.count), Double(members.count))
        guard k > 1, n > k, values.min() != values.max() else { return nil }
        // In the order of the groups, so that equal trials give equal digits.
        let within = members.sorted { $0.key < $1.key }.reduce(0) { $0 + squares($1.value) }
        let share = 1 - (within / (n - k)) / (squares(values) / (n - 1))
        return share.isFinite ? share : nil
    }

    /// The sum of squares around the mean.
    private static func squares(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
}

extension SearchSpace {
    /// The settings of which something can be said, the most important first; of equals the earlier.
    func importance(among trials: [SweepTrial]) -> [SettingImportance] {
        dimensions.compactMap { SettingImportance(of: $0, among: trials) }.enumerated()
            .sorted { ($1.element.share, $0.offset) < ($0.element.share, $1.offset) }.map(\.element)
    }
}

extension SettingImportance {
    /// The share in whole percent, `0 %` for what is below.
    var percent: String { "\(Int((100 * max(share, 0)).rounded())) %" }
}
