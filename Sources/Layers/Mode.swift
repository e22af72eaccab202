// SPDX-License-Identifier: MIT

/// The side of the adaptation that an image comes from.
public enum Domain: String, Sendable, CaseIterable {
    case source
    case target
}

/// Whether a forward pass trains; an argument of every pass, never a state of the network.
public enum Mode: Sendable, Equatable {
    /// Normalisation uses the batch's own statistics and updates the running ones. Where these are kept by domain,
    /// the first half of the batch is source and the second half target; see ``BatchStatistics``.
    case training
    /// Normalisation uses running statistics, where these are kept by domain those of the one named.
    case inference(Domain)
}

/// Whether batch normalisation keeps one set of parameters and statistics, or one for each domain.
public enum NormalisationDomains: String, Sendable, CaseIterable, Codable {
    case shared
    case separate
}
