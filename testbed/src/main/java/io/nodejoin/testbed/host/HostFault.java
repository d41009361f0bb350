package io.nodejoin.testbed.host;

import java.util.Locale;

/** What is wrong with a host from its first boot on. */
public enum HostFault {
    /** The kubelet tells its version and ends with exit code 1 whenever it is to run. */
    KUBELET_CANNOT_START,
    /** There is no kubelet on the host. */
    KUBELET_MISSING,
    /** Another program listens on port 10250. */
    KUBELET_PORT_TAKEN,
    /** The container runtime is masked and does not run. */
    RUNTIME_DOWN,
    /** The host cannot resolve its own name: a kubelet without --node-ip spends two DNS time-outs before it registers. */
    OWN_NAME_UNKNOWN,
    /** No agent is installed. */
    NO_AGENT;

    /** All of them, as people type them. */
    public static final String WORDS =
            "kubelet-cannot-start|kubelet-missing|kubelet-port-taken|runtime-down|own-name-unknown|no-agent";

    /** As people type it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
