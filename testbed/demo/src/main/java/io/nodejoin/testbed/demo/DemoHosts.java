package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.client.HostFixture;
import java.util.List;
import java.util.Map;

/** The hosts that a demo adds to its bed. */
interface DemoHosts {

    /** Boots one host with its agent. Thread-safe. */
    DemoHost add(HostFixture fixture);

    /** Versions of the container runtime and the like on the hosts. */
    Map<String, String> versions();

    /** Ends those that do not end with the bed. */
    default void close() {}

    /** One host. */
    interface DemoHost {
        /** Returns the address for the request. */
        String address();

        /** Returns the leftovers of a kubelet and its credentials; empty if the host is clean. */
        List<String> residue();
    }
}
