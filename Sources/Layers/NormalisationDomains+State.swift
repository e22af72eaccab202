// SPDX-License-Identifier: MIT

public import Tensor

/// Stored values of a network, by published key.
public typealias StateDictionary = [String: Tensor]

/// The state of a network whose batch normalisation is by domain, from one where it is shared.
///
/// Both domains start from the shared layer's parameters and statistics.
public func separatingDomains(_ state: StateDictionary) -> StateDictionary {
    let layers = normalisationLayers(of: state)
    var separated: StateDictionary = [:]
    for (key, tensor) in state {
        let (layer, name) = split(key)
        if layers.contains(layer) {
            separated["\(layer).BN_S.\(name)"] = tensor
            separated["\(layer).BN_T.\(name)"] = tensor
        } else {
            separated[key] = tensor
        }
    }
    return separated
}

/// The state of a network with shared batch normalisation, keeping one domain of each domain-specific layer.
public func collapsingDomains(_ state: StateDictionary, to domain: Domain) -> StateDictionary {
    let kept = domain == .source ? ".BN_S." : ".BN_T."
    let dropped = domain == .source ? ".BN_T." : ".BN_S."
    var collapsed: StateDictionary = [:]
    for (key, tensor) in state where !key.contains(dropped) {
        collapsed[key.replacing(kept, with: ".")] = tensor
    }
    return collapsed
}

/// The layers that keep running statistics: exactly the batch normalisations.
private func normalisationLayers(of state: StateDictionary) -> Set<String> {
    Set(state.keys.filter { $0.hasSuffix(".running_mean") }.map { split($0).layer })
}

private func split(_ key: String) -> (layer: String, name: String) {
    guard let dot = key.lastIndex(of: ".") else { return ("", key) }
    return (String(key[..<dot]), String(key[key.index(after: dot)...]))
}
