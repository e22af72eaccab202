// SPDX-License-Identifier: MIT

internal import Configuration

/// Images that were translated elsewhere.
struct ExistingSettings: StageSettings {
    static let kind = StageKind.translate
    static let method = "existing"
    static let meaning = "Images that another program has translated."

    /// Where they are; has no default.
    var folder: String?

    // What the images hold enters the key, not where they lie.
    static var fields: [Field<Self>] {
        [
            Field(
                "folder", .reference, \.folder,
                meaning: KeyMeaning(
                    "The folder of the translated images, each named as its original.", leftOut: "nothing: it must be given"),
                ValueReader<String>.path.map { $0 }
            ) { $0.map { YAMLNode($0) } }
        ]
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        guard let folder else {
            rules.report(
                "folder", "'\(rules.name.value)' takes images that were translated elsewhere; allowed: folder: PATH")
            return nil
        }
        return ExistingStage(settings: self, folder: folder, image: rules.experiment.image)
    }
}
