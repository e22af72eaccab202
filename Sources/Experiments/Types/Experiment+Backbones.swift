// SPDX-License-Identifier: MIT

internal import Backbones

extension Experiment {
    /// The backbone of the networks that a stage begins; nothing for one that begins none.
    ///
    /// A stage that trains networks further, or looks through one, takes the backbone that they have.
    func backboneBegun(by choice: StageChoice) -> Backbone? {
        switch choice {
        case .pretrain(let settings): settings.backbone ?? backbone
        case .translate, .adapt: nil
        case .postprocess(let settings): settings.camera.map { $0.backbone ?? backbone }
        }
    }

    /// The backbone of an earlier stage's networks.
    func backbone(of stageName: String) -> Backbone {
        guard let stage = stages.first(where: { $0.name == stageName }) else {
            preconditionFailure("'\(stageName)' is none of \(stages.map(\.name))")
        }
        return switch stage.choice {
        case .pretrain(let settings): settings.backbone ?? backbone
        case .adapt(let settings): backbone(of: settings.from)
        case .translate(let settings): backbone(of: settings.encoder)
        case .postprocess(let settings): backbone(of: settings.from)
        }
    }

    /// Every backbone of which networks are begun.
    var backbonesBegun: Set<Backbone> { Set(stages.compactMap { backboneBegun(by: $0.choice) }) }
}
