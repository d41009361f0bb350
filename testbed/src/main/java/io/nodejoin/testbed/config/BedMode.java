package io.nodejoin.testbed.config;

/** Where the parts of a bed live. */
public enum BedMode {
    /** The control plane and every host in a network namespace of its own; needs root. */
    NAMESPACES,
    /** Everything on 127.0.0.1, without hosts; needs no privilege. */
    LOCAL
}
