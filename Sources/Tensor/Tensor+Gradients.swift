// SPDX-License-Identifier: MIT

internal import CTorch

extension Tensor {
    /// Whether gradients are recorded for this tensor.
    public var requiresGradient: Bool { pt_requires_gradient(handle) }

    /// Asks for gradients of this tensor, or no longer does.
    public func setRequiresGradient(_ required: Bool) throws {
        try check("setRequiresGradient", [self], pt_set_requires_gradient(handle, required))
    }

    /// Adds d`self`/d`leaf` to the gradient of every leaf that asks for one; `self` has one element.
    ///
    /// - Parameter keepingGraph: Whether what was recorded is kept, so that the same can be asked for once more.
    public func backward(keepingGraph: Bool = false) throws {
        try check("backward", [self], pt_backward(handle, keepingGraph))
    }

    /// What `backward()` has added up, where anything.
    public func gradient() throws -> Tensor? {
        var found: OpaquePointer?
        try check("gradient", [self], pt_gradient(handle, &found))
        return found.map(Tensor.init(owning:))
    }

    /// Forgets the gradient and gives its memory back.
    public func dropGradient() {
        pt_drop_gradient(handle)
    }

    /// The same elements, cut off from what they were computed from.
    public func detached() throws -> Tensor { try unary("detached", pt_detach) }
}

/// Runs a body in which no gradients are recorded, as for teachers and evaluation.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = pt_set_gradient_recording(false)
    defer { _ = pt_set_gradient_recording(before) }
    return try body()
}
