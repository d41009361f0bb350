package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.client.HostFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where the demo plays: broker, Temporal, control plane and the service, and hosts that can be added. */
interface DemoCluster extends AutoCloseable {

    /** Starts everything except the hosts, and prints what starts. */
    void up();

    /** Boots one host with its agent. Thread-safe. */
    DemoHost addHost(HostFixture fixture);

    /** A kubeconfig of the cluster's administrator. */
    Path adminKubeconfig();

    String kafkaBootstrapServers();

    String temporalTarget();

    /** Returns kubectl's output for these arguments, as administrator. */
    String kubectl(String... arguments);

    /** Versions of the real parts, by name. */
    Map<String, String> versions();

    /** Returns three commands to continue with; {@code kept} says whether the cluster stays up. */
    List<String> nextSteps(boolean kept);

    /** Takes everything down. A second call does nothing. */
    @Override
    void close();

    /** One host on the stage. */
    interface DemoHost {
        /** Returns the address for the request. */
        String address();

        /** Returns the leftovers of a kubelet and its credentials; empty if the host is clean. */
        List<String> residue();
    }
}
