// SPDX-License-Identifier: MIT

internal import Configuration
public import Sweeps

extension Sweep {
    /// The same sweep, whose choices of paths lead to the same files wherever a trial is told of them: on a command line a
    /// relative path would begin in the current folder, and not in the sweep's.
    ///
    /// What holds paths is known of the experiment alone. One that cannot be read leaves the sweep as it is, for whoever
    /// runs it to say so.
    public var withLastingPaths: Sweep {
        guard let document = try? Document.overriding(Document.load(experiment.value), with: fixed) else { return self }
        return withLastingPaths(in: document, ExperimentReference())
    }

    /// - Parameter document: The experiment, with what is fixed.
    func withLastingPaths(in document: YAMLNode, _ reference: ExperimentReference) -> Sweep {
        replacingChoices { dimension, index, choice in
            // At a point that has this choice, the methods being there that have the setting.
            let point = space.point(reaching: dimension, at: Double(index))
            let tree = try? Document.overriding(document, with: point.settings)
            return tree?.lastingExperiment(reference).node(at: choice.span) ?? choice
        }
    }
}

extension YAMLNode {
    /// The value that is written in a place; nil where none is.
    fileprivate func node(at span: SourceSpan) -> YAMLNode? {
        if self.span == span { return self }
        return switch value {
        case .scalar: nil
        case .sequence(let items): items.lazy.compactMap { $0.node(at: span) }.first
        case .mapping(let entries): entries.lazy.compactMap { $0.value.node(at: span) }.first
        }
    }
}
