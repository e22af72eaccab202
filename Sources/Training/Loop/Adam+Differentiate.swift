// SPDX-License-Identifier: MIT

package import Layers
package import Tensor

extension Adam {
    /// Finds the gradients of a loss, and no others.
    ///
    /// Those of before are dropped in the same part of a step: one that a ``StepGraph`` repeats would add to them.
    ///
    /// - Parameter keepingGraph: Whether it may be done once more.
    package func differentiate(_ loss: Tensor, keepingGraph: Bool = false) throws {
        dropGradients()
        try loss.backward(keepingGraph: keepingGraph)
    }
}
