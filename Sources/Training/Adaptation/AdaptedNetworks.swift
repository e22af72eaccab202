// SPDX-License-Identifier: MIT

package import Backbones

/// What an adaptation leaves: its networks after the last epoch, and what its epochs came to.
package struct AdaptedNetworks {
    package let networks: [EmbeddingNetwork]
    package let evaluated: EvaluatedEpochs
    /// What epochs are picked by where no label is known.
    package let score: AdaptationHistory.Score

    package init(_ networks: [EmbeddingNetwork], _ history: AdaptationHistory) {
        self.networks = networks
        evaluated = history.evaluated
        score = history.score
    }
}
