// SPDX-License-Identifier: MIT

public import Reporting

/// What can go wrong while a method trains.
public enum MethodError: Error, Equatable {
    /// A loss is infinite or not a number.
    case notFinite(loss: String, epoch: Int, step: Int)
    /// Clustering left too few clusters to fill a batch.
    case tooFewClusters(found: Int, needed: Int, outliers: Int, images: Int, epoch: Int)
    /// For more epochs in a row than a training may train out of, one cluster has held nearly all images.
    case collapsed(largest: Int, clustered: Int, clusters: Int, epoch: Int)
    /// So small a share of all pairs of images is not one pair, and says nothing about a clustering radius.
    case noRadius(share: Double, images: Int)
    /// A method that trains on labelled source images was given none.
    case noSource
    /// A stored state lacks something.
    case incompleteState(missing: String)
}

extension MethodError: ReportedError {
    public var exitKind: ExitKind { .badData }

    public var description: String {
        switch self {
        case .notFinite(let loss, let epoch, let step):
            return "the \(loss) loss of epoch \(epoch + 1), step \(step + 1) is not a finite number; "
                + "a smaller learning rate may help"
        case .tooFewClusters(let found, let needed, let outliers, let images, let epoch):
            // Images that lie apart are outliers; where few do and clusters are few too, they were merged.
            let radius =
                2 * outliers > images
                ? "most images lie apart: a larger clustering radius"
                : "most images were merged: a smaller clustering radius"
            return
                "clustering before epoch \(epoch + 1) found \(counted(found, "cluster")), \(needed) are needed to fill a batch "
                + "(\(outliers) of \(images) images are outliers); \(radius), more pre-training or smaller batches may help"
        case .collapsed(let largest, let clustered, let clusters, let epoch):
            let share = Int(100 * ClusterHealth.mostOfClustered)
            return
                "clustering before epoch \(epoch + 1) put \(largest) of \(counted(clustered, "clustered image")) into one "
                + "cluster of \(clusters), the third epoch in a row with more than \(share) % in one: the clusters have "
                + "collapsed; allowed: two such epochs; a smaller clustering radius, a smaller learning rate or more "
                + "pre-training may help"
        case .noRadius(let share, let images):
            return
                "clustering takes its radius from the nearest \(share) of all pairs that lie apart, and of "
                + "\(counted(images, "image")) that is not one; allowed: a larger share, a number as radius, or more images"
        case .noSource:
            return "the method trains on labelled source images, and there are none"
        case .incompleteState(let missing):
            return "the checkpoint lacks '\(missing)'"
        }
    }
}
