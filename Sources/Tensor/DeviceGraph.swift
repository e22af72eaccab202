// SPDX-License-Identifier: MIT

internal import CTorch

/// Work that the device was given once and does again on the same tensors, when told to: on a card as a CUDA graph, which
/// saves the time in which every kernel is launched by itself; on the processor call by call, which saves nothing and shows
/// whether a card could do it.
///
/// What is no tensor, a rate say, is the same in every repetition. Results lie in the tensors that they lay in first.
package final class DeviceGraph {
    private let handle: OpaquePointer

    private init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { pt_graph_free(handle) }

    /// Does something once, and remembers what the device was given.
    ///
    /// - Parameter body: Makes no tensor of given elements and looks at none.
    /// - Throws: ``TensorError/operation(_:shapes:reason:)`` where the body does, or the device cannot repeat what it was
    ///   given; nothing has been done then. On the processor it has.
    package static func capturing<Output>(_ body: () throws -> Output) throws -> (graph: DeviceGraph, output: Output) {
        var begun: OpaquePointer?
        try check("beginning of a graph", [], pt_graph_begin(&begun))
        guard let begun else { preconditionFailure("a graph that has begun is there") }
        let graph = DeviceGraph(owning: begun)
        let output = try body()
        try check("end of a graph", [], pt_graph_end(begun))
        return (graph, output)
    }

    /// Whether the device has broken off a graph in a way after which this process cannot go on.
    package static var areSpoilt: Bool { pt_graphs_are_spoilt() }

    /// Does it again.
    package func replay() throws { try check("graph", [], pt_graph_repeat(handle)) }
}
