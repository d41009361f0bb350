package io.nodejoin.testbed.config;

/** Where the components of a bed run. */
public enum BedMode {
    /** The control plane and every host in a network namespace of its own; needs root. */
    NAMESPACES,
    /** Everything on 127.0.0.1, without hosts; needs no privilege. */
    LOCAL
}
