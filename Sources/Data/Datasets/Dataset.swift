// SPDX-License-Identifier: MIT

/// The datasets that can be read. The only list of them.
public enum Dataset: String, Sendable, CaseIterable, Codable {
    case market1501
    case msmt17
    case personx
    case personxSDA = "personx-sda"
    case personxSPGAN = "personx-spgan"
    case visdaTarget = "visda-target"
    case dukemtmc
    case vehicleid
    case veri
    case vehiclex
    /// Images of the user's own, in folders or listed in a table.
    case folder

    /// Those that their authors still hand out: all that is ever suggested.
    public static var available: [Dataset] { allCases.filter { $0.definition.standing == .available } }

    /// What is known of it.
    public var definition: DatasetDefinition {
        switch self {
        case .market1501: .market1501
        case .msmt17: .msmt17
        case .personx: .personx
        case .personxSDA: .personxSDA
        case .personxSPGAN: .personxSPGAN
        case .visdaTarget: .visdaTarget
        case .dukemtmc: .dukemtmc
        case .vehicleid: .vehicleid
        case .veri: .veri
        case .vehiclex: .vehiclex
        case .folder: .folder
        }
    }
}
