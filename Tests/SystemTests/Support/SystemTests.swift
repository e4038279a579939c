import Testing

/// The built programs, run as a user runs them.
///
/// One after the other: they start clusters of processes, and a machine with few cores would otherwise measure mostly
/// how it shares them. Nothing here asserts how long anything takes; limits only keep a defect from hanging the tests.
@Suite(.serialized) enum SystemTests {}
