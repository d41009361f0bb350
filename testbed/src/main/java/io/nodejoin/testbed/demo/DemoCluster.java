package io.nodejoin.testbed.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where the demo plays: broker, Temporal, control plane and the service, and hosts that can be added. */
interface DemoCluster extends AutoCloseable {

    /** Brings everything up but the hosts, saying on the way what starts. */
    void up();

    /** Boots one host with its agent. May be called from several threads at once. */
    DemoHost addHost(HostFixture fixture);

    /** A kubeconfig of the cluster's administrator. */
    Path adminKubeconfig();

    String kafkaBootstrapServers();

    String temporalTarget();

    /** What kubectl prints for these arguments, as administrator. */
    String kubectl(String... arguments);

    /** Versions of the real parts, by name. */
    Map<String, String> versions();

    /** Three commands for a person who wants to go on; {@code kept} says whether the stage stays up. */
    List<String> nextSteps(boolean kept);

    /** Takes everything down. A second call does nothing. */
    @Override
    void close();

    /** One host on the stage. */
    interface DemoHost {
        /** The address that goes into the request. */
        String address();

        /** What is left of a kubelet and its credentials, as this side sees it; empty if the host is clean. */
        List<String> residue();
    }
}
