// SPDX-License-Identifier: MIT

internal import Training

/// What holds for every translation that is trained.
extension StageRules {
    /// The generator halves an image twice, the discriminator needs room for its patches.
    func translatable(by method: String) {
        let image = experiment.image
        guard image.height % 4 != 0 || image.width % 4 != 0 || min(image.height, image.width) < 32 else { return }
        reportImageSize(
            "\(image.height) × \(image.width) pixels cannot be translated by \(method); "
                + "allowed: multiples of 4, 32 or more")
    }

    func epochs(_ epochs: Int, within schedule: LinearDecaySchedule) {
        let (constant, decaying) = (schedule.constant, schedule.decaying)
        guard constant + decaying < epochs else { return }
        report(
            "epochs",
            "\(epochs) epochs, but constant_epochs \(constant) + decay_epochs "
                + "\(decaying) end before; allowed: up to \(constant + decaying)")
    }
}
