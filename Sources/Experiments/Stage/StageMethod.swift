// SPDX-License-Identifier: MIT

internal import Configuration

/// Every method that a stage may have, the default of its kind first. This enum and its `switch` are the only list of them.
enum StageMethod: MethodList {
    case sourcePretraining
    case sda
    case cycleGAN
    case spgan
    case existing
    case mmtPlus
    case mmt
    case clusteringBaseline
    case spcl
    case clusterContrast
    case postProcessing
    case evaluation

    var settings: any StageSettings.Type {
        switch self {
        case .sourcePretraining: PretrainSettings.self
        case .sda: SDASettings.self
        case .cycleGAN: CycleGANSettings.self
        case .spgan: SPGANSettings.self
        case .existing: ExistingSettings.self
        case .mmtPlus: MMTPlusSettings.self
        case .mmt: MMTSettings.self
        case .clusteringBaseline: ClusteringBaselineSettings.self
        case .spcl: SpCLSettings.self
        case .clusterContrast: ClusterContrastSettings.self
        case .postProcessing: PostprocessSettings.self
        case .evaluation: EvaluateSettings.self
        }
    }
}

/// A closed list of methods.
protocol MethodList: CaseIterable, Sendable {
    var settings: any StageSettings.Type { get }
}

extension MethodList {
    /// The settings of a stage: its `method`, or the first of its kind, decides which keys there are.
    ///
    /// - Returns: Nothing where there is no such method, which was reported then.
    static func settings(of kind: StageKind, _ mapping: MappingReader) -> (any StageSettings)? {
        let known = allCases.map(\.settings).filter { $0.kind == kind }
        precondition(!known.isEmpty, "no method is of kind '\(kind.rawValue)'")
        let word = mapping.optional("method", .word(of: known.map { $0.method }))?.value
        guard let chosen = mapping.has("method") ? known.first(where: { $0.method == word }) : known[0] else {
            mapping.letRestPass()
            return nil
        }
        return chosen.init(mapping)
    }
}
