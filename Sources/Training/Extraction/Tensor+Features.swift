// SPDX-License-Identifier: MIT

package import Retrieval
package import Tensor

extension Tensor {
    /// Features as a tensor, `[N, D]`.
    package convenience init(_ features: Features<UnitNorm>) throws {
        try self.init(features.values, shape: [features.count, features.dimension])
    }
}
