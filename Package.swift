// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: Swift 6 mode, nothing imported by accident, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let package = Package(
    name: "zbed",
    products: [
        .executable(name: "znode", targets: ["ZNode"]),
        .executable(name: "loadclient", targets: ["LoadClient"]),
        .executable(name: "zbed", targets: ["ZBed"]),
    ],
    targets: [
        // C doors.
        .target(name: "CZMQShim", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(name: "CLinux", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(name: "CMicroHTTPD", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .systemLibrary(name: "CYAML"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CSQLite"),

        // Pure targets: the standard library and each other, nothing else.
        .target(name: "Topology", swiftSettings: strict),
        .target(name: "Wire", swiftSettings: strict),
        .target(name: "Measurement", swiftSettings: strict),
        .target(name: "OrderBook", dependencies: ["Wire", "Measurement"], swiftSettings: strict),
        .target(
            name: "Cluster", dependencies: ["Wire", "Measurement", "Topology", "OrderBook"], swiftSettings: strict),
        .target(
            name: "Simulation", dependencies: ["Cluster", "OrderBook", "Wire", "Measurement", "Topology"],
            swiftSettings: strict),

        // Shells.
        .target(name: "ZMQ", dependencies: ["CZMQShim"], swiftSettings: strict),
        .target(name: "Reporting", dependencies: ["Measurement", "Topology"], swiftSettings: strict),
        .target(
            name: "Runtime",
            dependencies: [
                "ZMQ", "Cluster", "OrderBook", "Wire", "Measurement", "Topology", "CLinux", "CMicroHTTPD", "CYAML",
            ],
            swiftSettings: strict),
        .target(
            name: "Conductor",
            dependencies: [
                "Runtime", "Reporting", "ZMQ", "Cluster", "OrderBook", "Wire", "Measurement", "Topology", "CLinux",
                "CZlib", "CSQLite", "Baseline",
            ],
            swiftSettings: strict),

        // Programs.
        .executableTarget(name: "ZNode", dependencies: ["Runtime"], swiftSettings: strict),
        .executableTarget(name: "LoadClient", dependencies: ["Runtime", "Conductor"], swiftSettings: strict),
        .executableTarget(name: "ZBed", dependencies: ["Runtime", "Conductor", "Topology"], swiftSettings: strict),

        // Benchmarks: the product against loops of bare libzmq (`scripts/bench`, and `zbed calibrate`).
        .target(
            name: "Baseline", path: "Benchmarks/Baseline", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("zmq")]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Runtime", "ZMQ", "Cluster", "OrderBook", "Wire", "Measurement", "Baseline"],
            path: "Benchmarks", exclude: ["Baseline", "thresholds.json", "README.md"], swiftSettings: strict),

        // Tests, one folder for each target, and what no single target can show; `TestSupport` is what several of them use.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "ZMQTests", dependencies: ["ZMQ", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TopologyTests", dependencies: ["Topology"], swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: strict),
        .testTarget(name: "MeasurementTests", dependencies: ["Measurement"], swiftSettings: strict),
        .testTarget(
            name: "OrderBookTests", dependencies: ["OrderBook", "Wire", "Measurement"], swiftSettings: strict),
        .testTarget(
            name: "ClusterTests",
            dependencies: ["Cluster", "Simulation", "OrderBook", "Wire", "Topology", "Measurement"],
            exclude: ["Conversations"], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "Cluster", "Wire", "Topology"],
            exclude: ["Conversations"], swiftSettings: strict),
        .testTarget(
            name: "ReportingTests", dependencies: ["Reporting", "Measurement", "Topology"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "Runtime", "ZMQ", "Cluster", "Wire", "Measurement", "Topology", "CMicroHTTPD", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ConductorTests",
            dependencies: [
                "Conductor", "Runtime", "Reporting", "Cluster", "Wire", "Measurement", "Topology", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SystemTests", dependencies: ["Runtime", "Reporting", "ZMQ", "Wire", "Topology", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "InteropTests",
            dependencies: ["Runtime", "ZMQ", "Conductor", "Reporting", "Measurement", "TestSupport"],
            exclude: ["Peers"], swiftSettings: strict),
    ]
)
